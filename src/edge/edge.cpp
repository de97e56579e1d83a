// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/edge.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"
#include "edge/socket_calls.hpp"
#include "edge/stun.hpp"
#include "edge/tcp_stream.hpp"

#include <algorithm>
#include <cerrno>

namespace beffroi::edge {
namespace {

constexpr int kRounds = 8;            // of flushing in one turn: each may give rise to another
constexpr std::size_t kShortest = 4;  // below this nothing is a SIP message ("jaK", a NUL …)
constexpr std::size_t kLongestKeepAlive = 16;
constexpr unsigned char kFirstOfMessage = 0x20;  // STUN begins with an octet below 4 (RFC 7983 §7), SIP with a token

bool isKeepAlive(std::string_view bytes) noexcept {
    if (bytes.size() < kShortest) return true;
    if (static_cast<unsigned char>(bytes.front()) < 4) return true;
    return bytes.size() <= kLongestKeepAlive && std::all_of(bytes.begin(), bytes.end(), [](char c) {
               return static_cast<unsigned char>(c) <= kFirstOfMessage;
           });
}

bool reachable(const SocketAddress& remote) noexcept {
    return remote.isSet() && remote.port() != 0 && !remote.isWildcard();
}

void add(UdpSocket::Counters& sum, const UdpSocket::Counters& one) noexcept {
    sum.received += one.received;
    sum.sent += one.sent;
    sum.tooLong += one.tooLong;
    sum.notSent += one.notSent;
    sum.unreachable += one.unreachable;
    sum.batchesIn += one.batchesIn;
    sum.batchesOut += one.batchesOut;
}

}  // namespace

Edge::Edge(base::EventLoop& loop, EdgeSettings settings, tls::Tls* tls)
    : loop_{loop},
      settings_{std::move(settings)},
      tls_{tls},
      local_{loop.clock()},
      connections_{loop, settings_.connections, sink_},
      silence_{loop.scheduler(),
               [this](const Flow& flow) {
                   assertOnLoop();
                   ++silentFlows_;
                   sink_.onFlowSilent(flow);
               }},
      living_{std::make_shared<const int>()} {
    listeners_.resize(settings_.listen.size());
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
        listeners_[i].bound = settings_.listen[i];
        open(listeners_[i], static_cast<std::uint16_t>(i));
    }
    loop_.atEndOfTurn([this, living = std::weak_ptr<const int>{living_}] {
        if (!living.expired()) endOfTurn();
    });
}

Edge::~Edge() = default;

void Edge::open(Listener& listener, std::uint16_t index) {
    auto& address = listener.bound.address;
    if (listener.bound.transport == Transport::Udp) {
        listener.udp = std::make_unique<UdpSocket>(
            loop_, address, settings_.udp,
            [this, index](const SocketAddress& from, std::string_view bytes) { onDatagram(index, from, bytes); });
        address = listener.udp->address();
    } else {
        BEFFROI_ASSERT(listener.bound.transport == Transport::Tcp || (tls_ != nullptr && tls_->mayServe()));
        listener.tcp = std::make_unique<TcpListener>(
            loop_, address,
            [this, index](Descriptor socket, const SocketAddress& remote) {
                onAccepted(index, std::move(socket), remote);
            },
            [this] { return connections_.dismissStranger(); });
        address = listener.tcp->address();
    }
    const auto& advertised = address.isV6() ? settings_.advertiseV6 : settings_.advertiseV4;
    if (advertised.isSet()) listener.advertised = advertised.withPort(address.port());
}

std::vector<ListenAddress> Edge::listening() const {
    std::vector<ListenAddress> addresses;
    for (const auto& listener : listeners_) addresses.push_back(listener.bound);
    return addresses;
}

Edge::Counters Edge::counters() const {
    Counters total;
    for (const auto& listener : listeners_) {
        if (listener.udp) add(total.udp, listener.udp->counters());
        if (listener.tcp) total.acceptPauses += listener.tcp->pauses();
    }
    total.keepAlives = keepAlives_;
    total.stunAnswers = stunAnswers_;
    total.silentFlows = silentFlows_;
    total.watchedFlows = silence_.size();
    total.streams = connections_.counters();
    total.open = connections_.size();
    total.strangers = connections_.strangers();
    total.waiting = connections_.waiting();
    return total;
}

void Edge::drain() {
    draining_ = true;
    for (const auto& listener : listeners_) {
        if (listener.tcp) listener.tcp->close();
    }
    connections_.finishAll();
}

bool Edge::drained() const {
    return connections_.size() == 0 && std::all_of(listeners_.begin(), listeners_.end(), [](const auto& listener) {
               return listener.udp == nullptr || listener.udp->idle();
           });
}

void Edge::onDatagram(std::uint16_t index, const SocketAddress& from, std::string_view bytes) {
    assertOnLoop();
    const Flow flow{Transport::Udp, index, 0, from};
    const auto standing = silence_.heard(flow);
    if (isKeepAlive(bytes) || from.port() == 0) return onKeepAlive(flow, bytes, standing);
    sink_.onMessage(flow, bytes);
}

// What costs most comes last: a checksum over what anybody has sent.
void Edge::onKeepAlive(const Flow& flow, std::string_view bytes, SilenceWatch::Standing standing) {
    ++keepAlives_;
    if (flow.remote.port() == 0 || !mayBeStun(bytes) || !mayAnswer(flow, standing)) return;
    const auto answer = stunAnswer(bytes, flow.remote);
    if (!answer.empty() && listeners_[flow.listener].udp->send(flow.remote, answer)) ++stunAnswers_;
}

// A telephone that is watched does not compete with strangers: without an answer it would give its flow up. That is
// just what one must do that relies on a flow which is none any more.
bool Edge::mayAnswer(const Flow& flow, SilenceWatch::Standing standing) {
    switch (standing) {
        case SilenceWatch::Standing::Watched: return silence_.mayAnswer(flow);
        case SilenceWatch::Standing::GivenUp: return false;
        case SilenceWatch::Standing::Unknown: break;
    }
    return admission_ == nullptr || admission_->admitsProbe(flow);
}

// The guard first: whoever is banned does not even count among the connections refused for want of room.
bool Edge::letsIn(Transport transport, const SocketAddress& remote) {
    if (admission_ != nullptr && !admission_->admitsConnection(transport, remote)) return false;
    if (connections_.admits(remote)) return true;
    if (events_ != nullptr) {
        SecurityEvent event;
        event.kind = SecurityEvent::Kind::SessionLimit;
        event.source = remote;
        event.transport = transport;
        event.reason = "too many connections";
        events_->report(event);
    }
    return false;
}

void Edge::onAccepted(std::uint16_t index, Descriptor socket, const SocketAddress& remote) {
    assertOnLoop();
    const auto& listener = listeners_[index];
    const auto transport = listener.bound.transport;
    if (!letsIn(transport, remote)) return;
    const auto local =
        listener.advertised.isSet() && !remote.isLoopback() ? listener.advertised : boundAddress(socket.get());
    std::unique_ptr<ByteStream> stream = std::make_unique<TcpStream>(std::move(socket));
    if (transport == Transport::Tls) stream = tls_->accept(std::move(stream));
    connections_.add(std::move(stream), Flow{transport, index, 0, remote}, local, Connection::Origin::Accepted);
}

Network::Sent Edge::send(const Flow& flow, std::string_view message) {
    bool accepted = false;
    if (flow.transport != Transport::Udp) {
        accepted = connections_.send(flow.connection, message);
    } else if (udp(flow) != nullptr && reachable(flow.remote)) {
        accepted = listeners_[flow.listener].udp->send(flow.remote, message);
    }
    return accepted ? Sent::Accepted : Sent::Refused;
}

const UdpSocket* Edge::udp(const Flow& flow) const {
    return flow.listener < listeners_.size() ? listeners_[flow.listener].udp.get() : nullptr;
}

// Best is the listener bound to the address that the kernel would use, then one on the wildcard address, then any that
// is not shut in on loopback.
std::optional<std::uint16_t> Edge::listenerTowards(Transport transport, const SocketAddress& remote) const {
    std::optional<std::uint16_t> best;
    int bestRank = 0;
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
        const auto& [ownTransport, own] = listeners_[i].bound;
        if (ownTransport != transport || own.isV6() != remote.isV6()) continue;
        int rank = own.isLoopback() == remote.isLoopback() ? 1 : 0;
        if (own.isWildcard()) {
            rank = 2;
        } else if (own.sameHost(local_.towards(remote, own.port()))) {
            rank = 3;
        }
        if (rank <= bestRank) continue;
        best = static_cast<std::uint16_t>(i);
        bestRank = rank;
    }
    return best;
}

// By TLS only to somebody: whoever answers at an address may be anybody.
std::optional<Flow> Edge::flowTo(Transport transport, const SocketAddress& remote, std::string_view domain) {
    if (!reachable(remote)) return std::nullopt;
    if (transport == Transport::Tcp) return connect(transport, remote, {});
    if (transport == Transport::Tls) {
        if (tls_ == nullptr || domain.empty()) return std::nullopt;
        return connect(transport, remote, base::lowerCase(domain));
    }
    const auto index = listenerTowards(Transport::Udp, remote);
    if (!index) return std::nullopt;
    return Flow{Transport::Udp, *index, 0, remote};
}

std::optional<Flow> Edge::connect(Transport transport, const SocketAddress& remote, const std::string& domain) {
    if (const auto* open = connections_.towards(transport, remote, domain)) return open->flow();
    if (draining_ || !connections_.admitsOurs(remote)) return std::nullopt;
    Descriptor socket{::socket(familyOf(remote), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!socket || (connectTo(socket.get(), remote) != 0 && errno != EINPROGRESS)) {
        ++connections_.counters().failed;
        return std::nullopt;
    }
    // What we write into Via is where a listener answers, not the port of this one connection.
    const auto index = listenerTowards(transport, remote);
    const auto local = index ? shownAddress(listeners_[*index], remote) : boundAddress(socket.get());
    const Flow flow{transport, index.value_or(0), 0, remote};
    std::unique_ptr<ByteStream> stream = std::make_unique<TcpStream>(std::move(socket));
    if (transport == Transport::Tls) stream = tls_->connect(std::move(stream), domain);
    const auto* added = connections_.add(std::move(stream), flow, local, Connection::Origin::Connecting);
    if (added == nullptr) return std::nullopt;
    return added->flow();
}

void Edge::vouch(const Flow& flow) {
    if (isReliable(flow.transport)) connections_.vouch(flow.connection);
}

void Edge::giveUp(const Flow& flow, Clock::TimePoint until) {
    if (!isReliable(flow.transport)) silence_.giveUp(flow, until);
}

void Edge::expectWithin(const Flow& flow, std::optional<Clock::Duration> silence) {
    if (!isReliable(flow.transport)) return silence ? silence_.expect(flow, *silence) : silence_.forget(flow);
    if (auto* connection = connections_.find(flow.connection)) connection->expectWithin(silence);
}

std::optional<Flow> Edge::restoreFlow(Transport transport, const SocketAddress& local, const SocketAddress& remote) {
    if (transport != Transport::Udp || !reachable(remote)) return std::nullopt;
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
        const auto& listener = listeners_[i];
        const auto& own = listener.bound.address;
        if (!listener.udp || own.isV6() != remote.isV6() || own.port() != local.port()) continue;
        const bool same = own.isWildcard() ? local_.has(local) : own.sameHost(local);
        if (same || listener.advertised == local) return Flow{Transport::Udp, static_cast<std::uint16_t>(i), 0, remote};
    }
    return std::nullopt;
}

bool Edge::alive(const Flow& flow) const {
    if (flow.transport == Transport::Udp) return udp(flow) != nullptr;
    const auto* connection = connections_.find(flow.connection);  // a flow from before a restart may have its number
    return connection != nullptr && connection->usable() && connection->flow().remote == flow.remote;
}

const SocketAddress& Edge::shownAddress(const Listener& listener, const SocketAddress& remote) const {
    if (listener.advertised.isSet() && !remote.isLoopback()) return listener.advertised;
    const auto& own = listener.bound.address;
    return own.isWildcard() ? local_.towards(remote, own.port()) : own;
}

const SocketAddress& Edge::localAddress(const Flow& flow) const {
    if (flow.transport != Transport::Udp) {
        if (const auto* connection = connections_.find(flow.connection)) return connection->local();
    }
    return flow.listener < listeners_.size() ? shownAddress(listeners_[flow.listener], flow.remote) : unset_;
}

// Only TLS knows its peer by name.
const std::vector<std::string>& Edge::peerNames(const Flow& flow) const {
    const auto* connection = flow.transport == Transport::Tls ? connections_.find(flow.connection) : nullptr;
    return connection == nullptr ? noNames_ : connection->peerNames();
}

bool Edge::isOwnAddress(const SocketAddress& address) const {
    return std::any_of(listeners_.begin(), listeners_.end(), [&](const auto& listener) {
        const auto& own = listener.bound.address;
        if (own.port() != address.port() || own.isV6() != address.isV6()) return false;
        if (listener.advertised == address) return true;
        // The kernel takes the wildcard address as a destination for loopback.
        const bool loopback = address.isWildcard();
        if (own.isWildcard()) return loopback || local_.has(address);
        return own.sameHost(address) || (loopback && own.isLoopback());
    });
}

void Edge::reportUnreachable() {
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
        if (!listeners_[i].udp || !listeners_[i].udp->hasFailed()) continue;
        for (const auto& failure : listeners_[i].udp->takeFailed()) {
            const Flow flow{Transport::Udp, static_cast<std::uint16_t>(i), 0, failure.to};
            sink_.onUndelivered(flow, failure.how, failure.quoted);
        }
    }
}

bool Edge::workLeft() const {
    return std::any_of(listeners_.begin(), listeners_.end(),
                       [](const auto& listener) { return listener.udp && listener.udp->hasFailed(); });
}

// Telling of failures makes the sink send elsewhere, and sending finds failures: a few rounds, the rest next turn.
void Edge::endOfTurn() {
    assertOnLoop();
    bool more = true;
    for (int round = 0; more && round < kRounds; ++round) {
        reportUnreachable();
        connections_.trim();
        more = connections_.flush();
        for (const auto& listener : listeners_) {
            if (listener.udp) listener.udp->flush();
        }
        more = more || workLeft();
    }
    if (more) loop_.post([] {});
    connections_.sweep();
    if (tls_ != nullptr) tls_->turnEnded();
}

}  // namespace beffroi::edge
