// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A network of the test's own: keeps what was sent, with its flow, and takes what the test wants to have received.
#pragma once

#include "beffroi/network.hpp"

#include <deque>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace beffroi::test {

/// A UDP flow to 192.0.2.<host>:5060 by the first listener.
[[nodiscard]] inline Flow udpFlow(int host, std::uint16_t port = 5060) {
    return Flow{Transport::Udp, 0, 0, *SocketAddress::parse("192.0.2." + std::to_string(host), port)};
}

/// A TCP flow, connection `number`, to 192.0.2.<host>.
[[nodiscard]] inline Flow tcpFlow(int host, std::uint64_t number) {
    return Flow{Transport::Tcp, 1, number, *SocketAddress::parse("192.0.2." + std::to_string(host), 40000)};
}

/// The same by TLS.
[[nodiscard]] inline Flow tlsFlow(int host, std::uint64_t number) {
    auto flow = tcpFlow(host, number);
    flow.transport = Transport::Tls;
    return flow;
}

class Wire final : public Network {
public:
    std::unordered_map<Flow, Clock::Duration> expected;  // what expectWithin() was told
    std::unordered_map<Flow, Clock::TimePoint> givenUp;  // and giveUp()

    struct Sending {
        Flow flow;
        std::string text;
    };

    Sent send(const Flow& flow, std::string_view message) override {
        if (refused_.contains(flow.remote.toString())) return Sent::Refused;
        sent_.push_back({flow, std::string{message}});
        return Sent::Accepted;
    }
    std::optional<Flow> flowTo(Transport transport, const SocketAddress& remote, std::string_view) override {
        if (transport == Transport::Udp) return Flow{transport, 0, 0, remote};
        return Flow{transport, 1, nextConnection_++, remote};
    }
    std::optional<Flow> restoreFlow(Transport transport, const SocketAddress&, const SocketAddress& remote) override {
        if (transport != Transport::Udp) return std::nullopt;
        return Flow{transport, 0, 0, remote};
    }
    void vouch(const Flow& flow) override { vouched_.insert(flow.connection); }
    void expectWithin(const Flow& flow, std::optional<Clock::Duration> silence) override {
        givenUp.erase(flow);
        expected.erase(flow);
        if (silence) expected[flow] = *silence;
    }
    void giveUp(const Flow& flow, Clock::TimePoint until) override { givenUp[flow] = until; }
    [[nodiscard]] bool alive(const Flow& flow) const override {
        return !dead_.contains(flow.connection) || !isReliable(flow.transport);
    }
    [[nodiscard]] const SocketAddress& localAddress(const Flow&) const override { return local_; }
    [[nodiscard]] const std::vector<std::string>& peerNames(const Flow& flow) const override {
        static const std::vector<std::string> kNone;
        const auto found = names_.find(flow.connection);
        return found == names_.end() ? kNone : found->second;
    }
    [[nodiscard]] bool isOwnAddress(const SocketAddress& address) const override { return address == local_; }

    /// The peer of this connection has a certificate with these names.
    void certify(std::uint64_t connection, std::vector<std::string> names) { names_[connection] = std::move(names); }

    /// The oldest message sent that was not taken yet. Fails the test's expectations with an empty text if there is
    /// none.
    [[nodiscard]] Sending take() {
        if (sent_.empty()) return {};
        auto first = std::move(sent_.front());
        sent_.pop_front();
        return first;
    }
    [[nodiscard]] std::size_t waiting() const noexcept { return sent_.size(); }
    void clear() { sent_.clear(); }
    void refuse(const Flow& flow) { refused_.insert(flow.remote.toString()); }
    void kill(const Flow& flow) { dead_.insert(flow.connection); }
    [[nodiscard]] bool vouchedFor(const Flow& flow) const { return vouched_.contains(flow.connection); }
    void setOwn(const SocketAddress& address) { local_ = address; }
    [[nodiscard]] const SocketAddress& own() const noexcept { return local_; }

private:
    SocketAddress local_ = *SocketAddress::parse("192.0.2.1", 5060);
    std::deque<Sending> sent_;
    std::set<std::string> refused_;
    std::set<std::uint64_t> dead_;
    std::map<std::uint64_t, std::vector<std::string>> names_;
    std::set<std::uint64_t> vouched_;
    std::uint64_t nextConnection_ = 100;
};

}  // namespace beffroi::test
