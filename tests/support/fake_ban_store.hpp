// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Bans are written when the test says so. Security events, as lines of text.
#pragma once

#include "beffroi/ban_store.hpp"
#include "beffroi/security_event.hpp"

#include <algorithm>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace beffroi::test {

class FakeBanStore final : public BanStore {
public:
    void commit(std::vector<Ban> changed, std::vector<Ban> removed, Committed done) override {
        for (const auto& ban : changed) written.push_back('+' + nameOf(ban));
        for (const auto& ban : removed) written.push_back('-' + nameOf(ban));
        if (done) waiting_.push_back(std::move(done));
    }
    /// Answers the oldest change that somebody waits for.
    void finish(bool durable) {
        const auto done = std::move(waiting_.front());
        waiting_.pop_front();
        done(durable);
    }
    [[nodiscard]] static std::string nameOf(const Ban& ban) {
        return ban.range.toString() + (ban.account.empty() ? "" : ' ' + ban.account);
    }

    std::vector<std::string> written;

private:
    std::deque<Committed> waiting_;
};

/// "kind host account", the parts that there are.
class NotedEvents final : public SecurityEvents {
public:
    void report(const SecurityEvent& event) override {
        std::string line{toString(event.kind)};
        const auto source = event.range.isSet() ? event.range.toString() : event.source.host();
        if (event.source.isSet()) line.append(1, ' ').append(source);
        if (!event.account.empty()) line.append(1, ' ').append(event.account);
        all.push_back(std::move(line));
    }
    [[nodiscard]] auto count(const std::string& line) const { return std::count(all.begin(), all.end(), line); }

    std::vector<std::string> all;
};

}  // namespace beffroi::test
