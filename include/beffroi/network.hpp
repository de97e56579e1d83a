// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the SIP layers see of the edge: messages come in with the flow they came by, messages go out by a flow.
// Thread: loop.
#pragma once

#include "beffroi/clock.hpp"
#include "beffroi/flow.hpp"
#include "beffroi/thread_roles.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi {

class Network {
public:
    enum class Sent : std::uint8_t {
        Accepted,  // on its way, or waiting for the end of the loop turn or for the connection to open
        Refused,   // the flow is gone, its queue is full, or the message does not fit: it will never be sent
    };

    virtual ~Network() = default;

    /// Sends one whole SIP message. UDP: gathered and sent at the end of the loop turn. A failure that is found later
    /// (ICMP, reset, connect time-out) is told by MessageSink::onFlowFailed.
    virtual Sent send(const Flow& flow, std::string_view message) BEFFROI_ON_LOOP = 0;

    /// The flow towards `remote`: for UDP from the listener of the same address family, for TCP an open connection or a
    /// new one, which is opened in the background; for TLS the same, and whoever answers there must show a certificate
    /// of `domain`, the host of the URI that is called (RFC 5922), which other transports do not ask for. Nothing if no
    /// listener fits, too many connections are open, or by TLS without a domain.
    virtual std::optional<Flow> flowTo(Transport transport, const SocketAddress& remote,
                                       std::string_view domain = {}) BEFFROI_ON_LOOP = 0;

    /// The UDP flow between `local` and `remote` as before a restart, if we still listen on `local`.
    virtual std::optional<Flow> restoreFlow(Transport transport, const SocketAddress& local,
                                            const SocketAddress& remote) BEFFROI_ON_LOOP = 0;

    /// Whoever uses this flow has proven who they are. A connection for which nobody vouches is closed after a minute,
    /// and the first to go where there are too many.
    virtual void vouch(const Flow& flow) BEFFROI_ON_LOOP = 0;

    /// From now on the flow is dead once nothing, keep-alives included, has come from its peer for so long: a
    /// connection is closed (MessageSink::onFlowFailed), of a UDP flow MessageSink::onFlowSilent tells (RFC 5626
    /// §4.4.1). Nothing: it may be silent again as long as it likes. Either forgets giveUp().
    virtual void expectWithin(const Flow& flow, std::optional<Clock::Duration> silence) BEFFROI_ON_LOOP = 0;

    /// Who is at the other end of this UDP flow relies on a registration that is gone: until then it gets no answer to
    /// STUN, by which it sees that the flow is dead and registers anew (RFC 5626 §4.4.2). Of the flows given up a
    /// bounded number is remembered.
    virtual void giveUp(const Flow& flow, Clock::TimePoint until) BEFFROI_ON_LOOP = 0;

    /// False once a connection has closed; a UDP flow is always alive.
    [[nodiscard]] virtual bool alive(const Flow& flow) const BEFFROI_ON_LOOP = 0;

    /// Our own address on this flow: what is written into Via and Record-Route. The listener's advertised address, or
    /// for a wildcard listener the one the kernel would use towards the flow's remote address. Never a wildcard.
    [[nodiscard]] virtual const SocketAddress& localAddress(const Flow& flow) const BEFFROI_ON_LOOP = 0;

    /// The names of the certificate by which the peer of a TLS connection proved itself, verified up to an authority
    /// that we trust: DNS names, "sip:" URIs and the common name, in lower case. Empty on every other flow. Valid until
    /// the connection closes.
    [[nodiscard]] virtual const std::vector<std::string>& peerNames(const Flow& flow) const BEFFROI_ON_LOOP = 0;

    /// True if a message for this address and port would reach ourselves (any listener, any local interface).
    [[nodiscard]] virtual bool isOwnAddress(const SocketAddress& address) const BEFFROI_ON_LOOP = 0;
};

/// What became of a datagram.
enum class Undelivered : std::uint8_t {
    NotSent,      // our own machine could not send it
    Unreachable,  // ICMP: it did not arrive
    PortClosed,   // ICMP: the host is there, but nobody listens
};

/// Implemented by the SIP layer, called by the edge inside a loop turn.
class MessageSink {
public:
    virtual ~MessageSink() = default;

    /// One datagram, or one message of a stream framed by Content-Length; keep-alives never get here. `bytes` live for
    /// the call only.
    virtual void onMessage(const Flow& flow, std::string_view bytes) BEFFROI_ON_LOOP = 0;

    /// A stream sent something that cannot be framed; the connection closes once the answer, if any, is sent.
    virtual void onUnframable(const Flow& flow, std::string_view bytes) BEFFROI_ON_LOOP = 0;

    /// The flow is dead: its connection closed or failed.
    virtual void onFlowFailed(const Flow& flow) BEFFROI_ON_LOOP = 0;

    /// A UDP flow has fallen silent (Network::expectWithin): dead for whoever had promised to be heard. To who makes no
    /// difference it has failed.
    virtual void onFlowSilent(const Flow& flow) BEFFROI_ON_LOOP { onFlowFailed(flow); }

    /// A datagram by this flow did not arrive. Anybody may have sent the ICMP that says so; but who quotes what we
    /// wrote has seen it. `quoted`: the beginning of the datagram as far as ICMP quoted it, often nothing.
    virtual void onUndelivered(const Flow& flow, Undelivered how, std::string_view quoted) BEFFROI_ON_LOOP = 0;
};

}  // namespace beffroi
