// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/edge.hpp"

#include "base/log.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace beffroi::edge {
namespace {

constexpr log::Area kLog{"edge"};
constexpr int kBacklog = 512;
constexpr int kAcceptsPerTurn = 64;
constexpr Clock::Duration kAcceptPause = 200ms;  // when no descriptor is left
constexpr std::size_t kShortestMessage = 16;     // below this nothing is a SIP message

bool isKeepAlive(std::string_view bytes) noexcept {
    return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0' || c == ' '; });
}

}  // namespace

struct Edge::Listener {
    ListenAddress address;
    std::unique_ptr<UdpSocket> udp;
    Descriptor tcp;
    std::unique_ptr<base::EventLoop::Watch> watch;
    std::unique_ptr<Timer> resume;
};

// Connection numbers start at the date in nanoseconds: a flow kept by somebody over a restart never names a new one.
Edge::Edge(base::EventLoop& loop, EdgeSettings settings)
    : loop_{loop},
      settings_{std::move(settings)},
      nextConnection_{static_cast<std::uint64_t>(loop.clock().wallNow().time_since_epoch().count())} {
    for (const auto& address : settings_.listen) {
        const auto index = static_cast<std::uint16_t>(listeners_.size());
        auto& listener = *listeners_.emplace_back(std::make_unique<Listener>());
        listener.address = address;
        if (address.transport == Transport::Udp) {
            openUdp(listener, index);
        } else {
            openTcp(listener, index);
        }
    }
    loop_.atEndOfTurn([this] { endOfTurn(); });
}

Edge::~Edge() = default;

void Edge::openUdp(Listener& listener, std::uint16_t index) {
    listener.udp = std::make_unique<UdpSocket>(
        loop_, listener.address.address, settings_.datagramLimit,
        [this, index](const SocketAddress& from, std::string_view bytes) { onDatagram(index, from, bytes); },
        [this, index](const SocketAddress& to) {
            assertOnLoop();
            sink_->onFlowFailed(Flow{Transport::Udp, index, 0, to});
        });
    listener.address.address = listener.udp->address();
}

void Edge::openTcp(Listener& listener, std::uint16_t index) {
    sockaddr_storage storage{};
    socklen_t length = listener.address.address.toSockaddr(storage);
    auto* address = reinterpret_cast<sockaddr*>(&storage);
    listener.tcp = Descriptor{socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    const int on = 1;
    setsockopt(listener.tcp.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (listener.address.address.isV6()) setsockopt(listener.tcp.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (!listener.tcp || bind(listener.tcp.get(), address, length) != 0 || listen(listener.tcp.get(), kBacklog) != 0) {
        throw std::system_error{errno, std::system_category(), "tcp:" + listener.address.address.toString()};
    }
    length = sizeof storage;
    getsockname(listener.tcp.get(), address, &length);
    listener.address.address = SocketAddress::from(*address);
    listener.watch = loop_.watch(listener.tcp.get(), base::Ready::Read, [this, index](base::Ready) { accept(index); });
}

std::vector<ListenAddress> Edge::listening() const {
    std::vector<ListenAddress> addresses;
    for (const auto& listener : listeners_) addresses.push_back(listener->address);
    return addresses;
}

Edge::Counters Edge::counters() const {
    Counters total;
    for (const auto& listener : listeners_) {
        if (!listener->udp) continue;
        const auto& counters = listener->udp->counters();
        total.datagramsIn += counters.received;
        total.datagramsOut += counters.sent;
        total.datagramsDropped += counters.dropped + counters.tooLong;
    }
    total.connections = connections_.size();
    total.connectionsRefused = connectionsRefused_;
    return total;
}

void Edge::onDatagram(std::uint16_t index, const SocketAddress& from, std::string_view bytes) {
    assertOnLoop();
    if (bytes.size() < kShortestMessage && isKeepAlive(bytes)) return;
    if (from.port() == 0 || bytes.empty() || static_cast<unsigned char>(bytes.front()) < 4) return;  // STUN, or forged
    sink_->onMessage(Flow{Transport::Udp, index, 0, from}, bytes);
}

void Edge::accept(std::uint16_t index) {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
        sockaddr_storage storage{};
        socklen_t length = sizeof storage;
        auto* address = reinterpret_cast<sockaddr*>(&storage);
        Descriptor socket{accept4(listeners_[index]->tcp.get(), address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC)};
        if (socket) {
            acceptOne(index, std::move(socket), SocketAddress::from(*address));
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            ++connectionsRefused_;
            return pauseAccepting(index);
        } else if (errno != ECONNABORTED && errno != EINTR) {
            return;
        }
    }
}

void Edge::acceptOne(std::uint16_t index, Descriptor socket, const SocketAddress& remote) {
    const auto host = perHost_.find(remote.withPort(0));
    const bool tooMany = host != perHost_.end() && host->second >= settings_.connectionsPerAddress;
    if (tooMany || connections_.size() >= settings_.maximumConnections) {
        ++connectionsRefused_;
        return;
    }
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    auto* address = reinterpret_cast<sockaddr*>(&storage);
    if (getsockname(socket.get(), address, &length) != 0) return;
    add(std::move(socket), Flow{Transport::Tcp, index, 0, remote}, SocketAddress::from(*address),
        TcpConnection::Origin::Accepted);
}

// The listener stays; it only stops asking until a descriptor may be free again.
void Edge::pauseAccepting(std::uint16_t index) {
    auto& listener = *listeners_[index];
    log::warning(kLog, "no descriptor left for new connections", {{"listener", listener.address.address.toString()}});
    listener.watch.reset();
    listener.resume = std::make_unique<Timer>(loop_.scheduler(), [this, index] {
        auto& paused = *listeners_[index];
        paused.watch = loop_.watch(paused.tcp.get(), base::Ready::Read, [this, index](base::Ready) { accept(index); });
    });
    listener.resume->start(kAcceptPause);
}

TcpConnection& Edge::add(Descriptor socket, Flow flow, const SocketAddress& local, TcpConnection::Origin origin) {
    flow.connection = nextConnection_++;
    auto& owner = static_cast<TcpConnection::Owner&>(*this);
    auto connection = std::make_unique<TcpConnection>(loop_, std::move(socket), flow, local, origin, settings_.tcp, owner);
    auto& reference = *connection;
    connections_.emplace(flow.connection, std::move(connection));
    byRemote_[flow.remote] = flow.connection;
    ++perHost_[flow.remote.withPort(0)];
    return reference;
}

void Edge::onMessage(const Flow& flow, std::string_view bytes) {
    assertOnLoop();
    sink_->onMessage(flow, bytes);
}

void Edge::onUnframable(const Flow& flow, std::string_view bytes) {
    assertOnLoop();
    sink_->onUnframable(flow, bytes);
}

void Edge::onClosed(TcpConnection& connection) {
    assertOnLoop();
    const auto flow = connection.flow();
    auto node = connections_.extract(flow.connection);
    if (node.empty()) return;
    closed_.push_back(std::move(node.mapped()));
    if (const auto found = byRemote_.find(flow.remote); found != byRemote_.end() && found->second == flow.connection) {
        byRemote_.erase(found);
    }
    const auto host = perHost_.find(flow.remote.withPort(0));
    if (host != perHost_.end() && --host->second == 0) perHost_.erase(host);
    sink_->onFlowFailed(flow);
}

void Edge::onOutput(TcpConnection& connection) { output_.push_back(connection.flow().connection); }

void Edge::endOfTurn() {
    for (std::size_t i = 0; i < output_.size(); ++i) {  // flushing may close, and closing may send
        const auto found = connections_.find(output_[i]);
        if (found != connections_.end()) found->second->flush();
    }
    output_.clear();
    for (const auto& listener : listeners_) {
        if (listener->udp) listener->udp->flush();
    }
    closed_.clear();
}

Network::Sent Edge::send(const Flow& flow, std::string_view message) {
    bool accepted = false;
    if (flow.transport == Transport::Udp) {
        auto* udp = flow.listener < listeners_.size() ? listeners_[flow.listener]->udp.get() : nullptr;
        accepted = udp != nullptr && udp->send(flow.remote, message);
    } else if (const auto found = connections_.find(flow.connection); found != connections_.end()) {
        accepted = found->second->send(message);
    }
    return accepted ? Sent::Accepted : Sent::Refused;
}

std::optional<Flow> Edge::flowTo(Transport transport, const SocketAddress& remote) {
    if (transport == Transport::Tcp) return connect(remote);
    if (transport != Transport::Udp) return std::nullopt;
    std::optional<Flow> best;
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
        const auto& own = listeners_[i]->address;
        if (own.transport != Transport::Udp || own.address.isV6() != remote.isV6()) continue;
        const Flow flow{Transport::Udp, static_cast<std::uint16_t>(i), 0, remote};
        // A listener bound to loopback cannot reach beyond it, and one bound elsewhere is not for loopback peers.
        if (own.address.isWildcard() || own.address.isLoopback() == remote.isLoopback()) return flow;
        if (!best && !own.address.isLoopback()) best = flow;
    }
    return best;
}

std::optional<Flow> Edge::connect(const SocketAddress& remote) {
    if (const auto found = byRemote_.find(remote); found != byRemote_.end()) {
        return connections_.at(found->second)->flow();
    }
    if (connections_.size() >= settings_.maximumConnections) return std::nullopt;
    sockaddr_storage storage{};
    socklen_t length = remote.toSockaddr(storage);
    auto* address = reinterpret_cast<sockaddr*>(&storage);
    Descriptor socket{::socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!socket) return std::nullopt;
    if (::connect(socket.get(), address, length) != 0 && errno != EINPROGRESS) return std::nullopt;
    length = sizeof storage;
    if (getsockname(socket.get(), address, &length) != 0) return std::nullopt;
    // What we write into Via is where a listener answers, not the port of this one connection.
    std::uint16_t index = 0;
    auto local = SocketAddress::from(*address);
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
        const auto& own = listeners_[i]->address;
        if (own.transport != Transport::Tcp || own.address.isV6() != remote.isV6()) continue;
        index = static_cast<std::uint16_t>(i);
        local = local.withPort(own.address.port());
        break;
    }
    return add(std::move(socket), Flow{Transport::Tcp, index, 0, remote}, local, TcpConnection::Origin::Connecting).flow();
}

std::optional<Flow> Edge::restoreFlow(Transport transport, const SocketAddress& local, const SocketAddress& remote) {
    if (transport != Transport::Udp) return std::nullopt;
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
        const auto& own = listeners_[i]->address;
        if (own.transport != Transport::Udp || own.address.port() != local.port()) continue;
        if (own.address.isV6() != local.isV6()) continue;
        if (own.address.isWildcard() || own.address.sameHost(local)) {
            return Flow{Transport::Udp, static_cast<std::uint16_t>(i), 0, remote};
        }
    }
    return std::nullopt;
}

bool Edge::alive(const Flow& flow) const {
    if (flow.transport == Transport::Udp) {
        return flow.listener < listeners_.size() && listeners_[flow.listener]->udp != nullptr;
    }
    return connections_.contains(flow.connection);
}

const SocketAddress& Edge::localAddress(const Flow& flow) const {
    const auto& advertised = flow.remote.isV6() ? settings_.advertiseV6 : settings_.advertiseV4;
    const auto found = connections_.find(flow.connection);
    const bool isConnection = flow.transport != Transport::Udp && found != connections_.end();
    if (advertised.isSet() && !flow.remote.isLoopback()) return advertised;
    if (isConnection) return found->second->local();
    const auto& own = listeners_[std::min<std::size_t>(flow.listener, listeners_.size() - 1)]->address.address;
    if (!own.isWildcard()) return own;
    return local_.towards(flow.remote, own.port());
}

bool Edge::isOwnAddress(const SocketAddress& address) const {
    if (address == settings_.advertiseV4 || address == settings_.advertiseV6) return address.isSet();
    return std::any_of(listeners_.begin(), listeners_.end(), [&](const auto& listener) {
        const auto& own = listener->address.address;
        if (own.port() != address.port() || own.isV6() != address.isV6()) return false;
        return own.isWildcard() ? local_.has(address) : own.sameHost(address);
    });
}

}  // namespace beffroi::edge
