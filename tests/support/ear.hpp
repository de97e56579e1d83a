// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the telephones at the other end of a wire hear: each message once, by the flow it was sent on.
#pragma once

#include "support/sip_messages.hpp"
#include "support/wire.hpp"

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace beffroi::test {

using Lines = std::vector<std::string>;

class Ear {
public:
    explicit Ear(Wire& wire) : wire_{wire} {}

    /// What was sent on this flow since it was last asked: "INVITE" for a request, "180 INVITE" for a response. What is
    /// only repeated is not heard again.
    [[nodiscard]] Lines heard(const Flow& flow) {
        listen();
        Lines lines;
        for (auto& text : std::exchange(waiting_[flow], {})) {
            if (!known_.insert(flow.remote.toString() + text).second) continue;
            const auto message = readMessage(text);
            const std::string method{message.methodName()};
            lines.push_back(message.isRequest() ? method : std::to_string(message.status()) + ' ' + method);
            last_[{flow.remote.toString(), lines.back()}] = std::move(text);
        }
        return lines;
    }

    /// The latest of such messages on this flow, as text.
    [[nodiscard]] std::string text(const Flow& flow, const std::string& line) const {
        const auto found = last_.find({flow.remote.toString(), line});
        if (found == last_.end()) throw std::runtime_error{"nobody was sent " + line};
        return found->second;
    }
    [[nodiscard]] sip::Message last(const Flow& flow, const std::string& line) const {
        return readMessage(text(flow, line));
    }

    /// How often anything was sent on this flow since it was last asked, repetitions included.
    [[nodiscard]] std::size_t sendings(const Flow& flow) {
        listen();
        return waiting_[flow].size();
    }

private:
    void listen() {
        while (wire_.waiting() > 0) {
            auto sending = wire_.take();
            waiting_[sending.flow].push_back(std::move(sending.text));
        }
    }

    Wire& wire_;
    std::unordered_map<Flow, Lines> waiting_;
    std::set<std::string> known_;
    std::map<std::pair<std::string, std::string>, std::string> last_;
};

}  // namespace beffroi::test
