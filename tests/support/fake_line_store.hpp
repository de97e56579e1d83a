// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A disk for what telephones have set that the test holds back: a commit waits until the test says that it succeeded or
// failed, and `kept()` is what a power cut would leave.
#pragma once

#include "beffroi/line_store.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace beffroi::test {

class FakeLineStore final : public LineStore {
public:
    void commit(LineEntries change, Committed done) override {
        ++commits;
        const bool isRepeated = !done;  // until it succeeds, after what was asked for before
        waiting_.emplace_back(std::move(change), std::move(done));
        if (isRepeated ? waiting_.size() == 1 : instant) finish();
    }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }
    /// Ends the oldest commit.
    void finish(bool durable = true) {
        const auto [change, done] = std::move(waiting_.front());
        waiting_.pop_front();
        if (durable || !done) write(change);
        if (done) done(durable);
        while (!waiting_.empty() && !waiting_.front().second) finish();
    }
    [[nodiscard]] LineEntries kept() const {
        LineEntries all;
        all.lines.assign(lines.begin(), lines.end());
        all.logins.assign(logins.begin(), logins.end());
        for (const auto& [department, hours] : overrides) all.overrides.emplace_back(department, hours);
        return all;
    }

    bool instant = false;  // every commit succeeds at once
    std::size_t commits = 0;
    std::map<std::string, LineSettings> lines;
    std::map<std::string, std::string> logins;
    std::map<std::string, HoursOverride> overrides;

private:
    void write(const LineEntries& change) {
        for (const auto& [extension, settings] : change.lines) {
            auto& row = lines[extension] = settings;
            row.loggedInAt.clear();
            if (row == LineSettings{}) lines.erase(extension);
        }
        for (const auto& [account, extension] : change.logins) {
            logins[account] = extension;
            if (extension.empty()) logins.erase(account);
        }
        for (const auto& [department, hours] : change.overrides) {
            overrides.erase(department);
            if (hours) overrides.emplace(department, *hours);
        }
    }

    std::deque<std::pair<LineEntries, Committed>> waiting_;
};

}  // namespace beffroi::test
