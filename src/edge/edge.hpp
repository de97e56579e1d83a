// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The exchange's sockets: UDP, TCP and TLS listeners, connections, and the flows that name them. Knows SIP only as far
// as framing; what a message says is the sink's business. What a turn sends leaves at its end: other hooks at the end
// of the turn that send are to be added before the edge is built. Thread: loop.
#pragma once

#include "base/event_loop.hpp"
#include "beffroi/admission.hpp"
#include "beffroi/network.hpp"
#include "beffroi/security_event.hpp"
#include "edge/connection_table.hpp"
#include "edge/listen_address.hpp"
#include "edge/local_addresses.hpp"
#include "edge/silence_watch.hpp"
#include "edge/sink_slot.hpp"
#include "edge/tcp_listener.hpp"
#include "edge/tls/tls.hpp"
#include "edge/udp_socket.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::edge {

struct EdgeSettings {
    std::vector<ListenAddress> listen;
    SocketAddress advertiseV4;  // what peers see of us behind NAT; its port is not used; unset: the local address
    SocketAddress advertiseV6;
    UdpSocket::Limits udp;
    ConnectionLimits connections;
};

class Edge final : public Network {
public:
    struct Counters {
        UdpSocket::Counters udp;       // of all listeners
        std::uint64_t keepAlives = 0;  // and other datagrams that are no SIP
        std::uint64_t stunAnswers = 0;
        std::uint64_t silentFlows = 0;   // UDP, that were given up
        std::uint64_t watchedFlows = 0;  // UDP, from which something must come now and then
        std::uint64_t acceptPauses = 0;
        ConnectionTable::Counters streams;
        std::uint64_t open = 0;       // connections now
        std::uint64_t strangers = 0;  // of them, those on which nobody has proven who they are
        std::uint64_t waiting = 0;    // octets in their queues
    };

    /// Opens every listener; throws std::system_error naming the one that cannot be opened.
    /// Listeners of TLS need a `tls` that may serve. It outlives the edge; without it there is no TLS.
    Edge(base::EventLoop& loop, EdgeSettings settings, tls::Tls* tls = nullptr);
    ~Edge() override;

    /// To be called before the first turn; the sink outlives the edge or the loop's last turn.
    void setSink(MessageSink& sink) noexcept { sink_.set(sink); }

    /// Who decides about connections that peers open and answers to STUN, and who is told of those that a limit
    /// refused. As setSink().
    void setAdmission(Admission& admission, SecurityEvents& events) noexcept {
        admission_ = &admission;
        events_ = &events;
        connections_.setAdmission(admission, events);
    }

    /// The addresses listened on, ports filled in, in the order of the settings.
    [[nodiscard]] std::vector<ListenAddress> listening() const;
    [[nodiscard]] Counters counters() const;
    /// Null if there is none.
    [[nodiscard]] const tls::Tls* tls() const noexcept { return tls_; }

    /// For the shutdown: accepts no more connections, lets each one write what waits and closes it. UDP goes on.
    void drain() BEFFROI_ON_LOOP;
    /// True once nothing is on its way any more.
    [[nodiscard]] bool drained() const;

    // Network
    Sent send(const Flow& flow, std::string_view message) BEFFROI_ON_LOOP override;
    std::optional<Flow> flowTo(Transport transport, const SocketAddress& remote,
                               std::string_view domain) BEFFROI_ON_LOOP override;
    std::optional<Flow> restoreFlow(Transport transport, const SocketAddress& local,
                                    const SocketAddress& remote) BEFFROI_ON_LOOP override;
    void vouch(const Flow& flow) BEFFROI_ON_LOOP override;
    void expectWithin(const Flow& flow, std::optional<Clock::Duration> silence) BEFFROI_ON_LOOP override;
    void giveUp(const Flow& flow, Clock::TimePoint until) BEFFROI_ON_LOOP override;
    [[nodiscard]] bool alive(const Flow& flow) const BEFFROI_ON_LOOP override;
    [[nodiscard]] const SocketAddress& localAddress(const Flow& flow) const BEFFROI_ON_LOOP override;
    [[nodiscard]] const std::vector<std::string>& peerNames(const Flow& flow) const BEFFROI_ON_LOOP override;
    [[nodiscard]] bool isOwnAddress(const SocketAddress& address) const BEFFROI_ON_LOOP override;

private:
    struct Listener {
        ListenAddress bound;
        SocketAddress advertised;  // with the listener's port; unset if none
        std::unique_ptr<UdpSocket> udp;
        std::unique_ptr<TcpListener> tcp;
    };
    void open(Listener& listener, std::uint16_t index);
    void onDatagram(std::uint16_t index, const SocketAddress& from, std::string_view bytes);
    void onAccepted(std::uint16_t index, Descriptor socket, const SocketAddress& remote);
    [[nodiscard]] bool letsIn(Transport transport, const SocketAddress& remote) BEFFROI_ON_LOOP;
    [[nodiscard]] std::optional<Flow> connect(Transport transport, const SocketAddress& remote,
                                              const std::string& domain);
    [[nodiscard]] std::optional<std::uint16_t> listenerTowards(Transport transport, const SocketAddress& remote) const;
    [[nodiscard]] const SocketAddress& shownAddress(const Listener& listener, const SocketAddress& remote) const;
    [[nodiscard]] const UdpSocket* udp(const Flow& flow) const;
    void onKeepAlive(const Flow& flow, std::string_view bytes, SilenceWatch::Standing standing) BEFFROI_ON_LOOP;
    [[nodiscard]] bool mayAnswer(const Flow& flow, SilenceWatch::Standing standing) BEFFROI_ON_LOOP;
    void reportUnreachable() BEFFROI_ON_LOOP;
    [[nodiscard]] bool workLeft() const;
    void endOfTurn();

    base::EventLoop& loop_;
    EdgeSettings settings_;
    tls::Tls* tls_;
    SinkSlot sink_;
    Admission* admission_ = nullptr;  // null: everybody is let in
    SecurityEvents* events_ = nullptr;
    mutable LocalAddresses local_;  // remembers what it was asked
    std::vector<Listener> listeners_;
    ConnectionTable connections_;
    SilenceWatch silence_;
    std::uint64_t keepAlives_ = 0;
    std::uint64_t stunAnswers_ = 0;
    std::uint64_t silentFlows_ = 0;
    bool draining_ = false;
    SocketAddress unset_;
    std::vector<std::string> noNames_;
    std::shared_ptr<const int> living_;  // the loop's hook outlives us
};

}  // namespace beffroi::edge
