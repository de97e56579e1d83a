// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A disk for bindings that the test holds back: a commit waits until the test says that it succeeded or failed, and
// `rows` are what a power cut would leave.
#pragma once

#include "beffroi/binding_store.hpp"

#include <deque>
#include <map>
#include <utility>
#include <vector>

namespace beffroi::test {

class FakeBindingStore final : public BindingStore {
public:
    struct Renewal {
        std::uint64_t id;
        std::string callId;
        std::uint32_t cseq;
        Clock::WallTime expiresAt;
    };

    void commit(std::vector<StoredBinding> changed, std::vector<std::uint64_t> removed, Committed done) override {
        commits_.push_back({std::move(changed), std::move(removed), std::move(done)});
    }
    void renewed(std::uint64_t id, const std::string& callId, std::uint32_t cseq, Clock::WallTime expiresAt) override {
        renewals.push_back({id, callId, cseq, expiresAt});
    }

    [[nodiscard]] std::size_t waiting() const noexcept { return commits_.size(); }
    /// Ends the oldest commit.
    void finish(bool durable = true) {
        auto commit = std::move(commits_.front());
        commits_.pop_front();
        if (durable) {
            for (auto& row : commit.changed) rows.insert_or_assign(row.id, std::move(row));
            for (const auto id : commit.removed) rows.erase(id);
        }
        commit.done(durable);
    }
    void finishAll(bool durable = true) {
        while (waiting() > 0) finish(durable);
    }
    [[nodiscard]] std::vector<StoredBinding> load() const {
        std::vector<StoredBinding> all;
        for (const auto& [id, row] : rows) all.push_back(row);
        return all;
    }

    std::map<std::uint64_t, StoredBinding> rows;
    std::vector<Renewal> renewals;

private:
    struct Commit {
        std::vector<StoredBinding> changed;
        std::vector<std::uint64_t> removed;
        Committed done;
    };
    std::deque<Commit> commits_;
};

}  // namespace beffroi::test
