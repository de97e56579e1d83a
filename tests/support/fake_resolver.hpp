// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Names that lead where the test says, at once or when it says; an address literal is its own answer.
#pragma once

#include "beffroi/next_hop.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace beffroi::test {

class FakeResolver final : public NextHopResolver {
public:
    [[nodiscard]] std::unique_ptr<Lookup> resolve(const NextHop& hop, Answer answer) override {
        asked.push_back(hop);
        if (later.contains(hop.host)) {
            auto question = std::make_shared<Answer>(std::move(answer));
            waiting_[hop.host] = question;
            return std::make_unique<Question>(std::move(question));
        }
        if (const auto address = SocketAddress::parse(hop.host, hop.port != 0 ? hop.port : std::uint16_t{5060})) {
            answer({{hop.transport.value_or(Transport::Udp), *address}});
        } else {
            answer(names[hop.host]);
        }
        return std::make_unique<Question>(nullptr);
    }

    /// Answers the question for a name of `later`; false if nobody waits for it any more.
    bool tell(const std::string& host, std::vector<Destination> destinations) {
        const auto question = waiting_[host].lock();
        if (!question) return false;
        (*question)(std::move(destinations));
        return true;
    }

    std::map<std::string, std::vector<Destination>> names;
    std::map<std::string, bool> later;
    std::vector<NextHop> asked;

private:
    struct Question final : Lookup {
        explicit Question(std::shared_ptr<Answer> given) : answer{std::move(given)} {}
        std::shared_ptr<Answer> answer;
    };
    std::map<std::string, std::weak_ptr<Answer>> waiting_;
};

}  // namespace beffroi::test
