// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/connection_table.hpp"

#include "base/log.hpp"

#include <system_error>

namespace beffroi::edge {
namespace {

constexpr log::Area kLog{"edge.connection"};

}  // namespace

// Numbers start at the date in nanoseconds: a flow that somebody kept over a restart never names a new connection.
ConnectionTable::ConnectionTable(base::EventLoop& loop, const ConnectionLimits& limits, MessageSink& sink)
    : loop_{loop},
      limits_{limits},
      sink_{sink},
      budget_{limits.queues, limits.strangersQueues},
      nextNumber_{
          static_cast<std::uint64_t>(std::chrono::nanoseconds{loop.clock().wallNow().time_since_epoch()}.count())} {}

bool ConnectionTable::dismissOldest(const Numbers& strangers) {
    if (strangers.empty()) return false;
    auto* connection = find(*strangers.begin());
    connection->giveWay();
    return true;
}

bool ConnectionTable::dismissStranger() { return dismissOldest(strangers_); }

bool ConnectionTable::admits(const SocketAddress& remote) {
    const auto host = hosts_.find(remote.network());
    bool room = host == hosts_.end() || host->second.open < limits_.perAddress || dismissOldest(host->second.strangers);
    room = room && (connections_.size() < limits_.total || dismissStranger());
    if (!room) ++counters_.refused;
    return room;
}

bool ConnectionTable::admitsOurs(const SocketAddress& remote) {
    const auto host = hosts_.find(remote.network());
    bool room = host == hosts_.end() || host->second.open - host->second.strangers.size() < limits_.perAddress;
    room = room && connections_.size() - strangers_.size() < limits_.total;
    if (!room) ++counters_.refused;
    return room;
}

void ConnectionTable::trim() {
    while (connections_.size() > limits_.total && dismissStranger()) continue;
}

Connection* ConnectionTable::add(std::unique_ptr<ByteStream> stream, Flow flow, const SocketAddress& local,
                                 Connection::Origin origin) {
    flow.connection = nextNumber_++;
    std::unique_ptr<Connection> connection;
    try {
        const Connection::Shared shared{limits_.stream, budget_, *this};
        connection = std::make_unique<Connection>(loop_, std::move(stream), flow, local, origin, shared);
    } catch (const std::system_error& error) {
        log::warning(kLog, "a connection cannot be watched", {{"error", error.what()}});
        ++counters_.refused;
        return nullptr;
    }
    ++(origin == Connection::Origin::Accepted ? counters_.accepted : counters_.connected);
    newest_[{flow.remote, connection->peerDomain()}] = flow.connection;
    auto& host = hosts_[flow.remote.network()];
    ++host.open;
    if (!connection->vouched()) {
        host.strangers.insert(flow.connection);
        strangers_.insert(flow.connection);
    }
    return connections_.emplace(flow.connection, std::move(connection)).first->second.get();
}

void ConnectionTable::vouch(std::uint64_t number) {
    auto* connection = find(number);
    if (connection == nullptr || connection->vouched()) return;
    connection->vouch();
    noLongerStranger(connection->flow());
}

void ConnectionTable::noLongerStranger(const Flow& flow) {
    if (strangers_.erase(flow.connection) == 0) return;
    if (const auto host = hosts_.find(flow.remote.network()); host != hosts_.end()) {
        host->second.strangers.erase(flow.connection);
    }
}

Connection* ConnectionTable::find(std::uint64_t number) const {
    const auto found = connections_.find(number);
    return found == connections_.end() ? nullptr : found->second.get();
}

Connection* ConnectionTable::towards(Transport transport, const SocketAddress& remote,
                                     const std::string& domain) const {
    const auto found = newest_.find({remote, domain});
    auto* connection = found == newest_.end() ? nullptr : find(found->second);
    if (connection == nullptr || !connection->usable() || connection->flow().transport != transport) return nullptr;
    return connection;
}

bool ConnectionTable::send(std::uint64_t number, std::string_view message) {
    auto* connection = find(number);
    if (connection == nullptr) return false;
    const bool queued = connection->send(message);
    ++(queued ? counters_.messagesOut : counters_.messagesRefused);
    return queued;
}

bool ConnectionTable::flush() {
    flushing_.clear();
    flushing_.swap(output_);
    for (const auto number : flushing_) {
        if (auto* connection = find(number)) connection->flush();
    }
    return !output_.empty();
}

void ConnectionTable::sweep() { closed_.clear(); }

void ConnectionTable::finishAll() {
    std::vector<Connection*> all;
    all.reserve(connections_.size());
    for (const auto& [number, connection] : connections_) all.push_back(connection.get());
    for (auto* connection : all) connection->finish();  // closed ones live until the sweep
}

void ConnectionTable::onMessage(const Connection& connection, std::string_view bytes) {
    assertOnLoop();
    ++counters_.messagesIn;
    sink_.onMessage(connection.flow(), bytes);
}

void ConnectionTable::onUnframable(const Connection& connection, std::string_view bytes) {
    assertOnLoop();
    ++counters_.unframable;
    sink_.onUnframable(connection.flow(), bytes);
}

void ConnectionTable::onClosed(Connection& connection, Connection::Ending ending) {
    assertOnLoop();
    const auto flow = connection.flow();
    auto node = connections_.extract(flow.connection);
    if (node.empty()) return;
    closed_.push_back(std::move(node.mapped()));
    count(flow, ending, !connection.vouched());
    const auto newest = newest_.find({flow.remote, connection.peerDomain()});
    if (newest != newest_.end() && newest->second == flow.connection) newest_.erase(newest);
    noLongerStranger(flow);
    const auto host = hosts_.find(flow.remote.network());
    if (host != hosts_.end() && --host->second.open == 0) hosts_.erase(host);
    sink_.onFlowFailed(flow);
}

void ConnectionTable::count(const Flow& flow, Connection::Ending ending, bool stranger) {
    SecurityEvent event;
    event.kind = SecurityEvent::Kind::SessionLimit;
    event.source = flow.remote;
    event.transport = flow.transport;
    switch (ending) {
        case Connection::Ending::ByPeer:
        case Connection::Ending::ByUs: return;
        case Connection::Ending::Failed: ++counters_.failed; return;
        case Connection::Ending::Disagreed:
        case Connection::Ending::BrokenHandshake:
            ++counters_.failed;
            event.kind = SecurityEvent::Kind::BadRequest;
            event.reason = "TLS handshake failed";
            break;
        case Connection::Ending::TimedOut:
            ++counters_.timedOut;
            if (!stranger) return;
            event.reason = "kept us waiting";
            break;
        case Connection::Ending::GaveWay:
            ++counters_.gaveWay;
            event.reason = "gave way to another connection";
            break;
        case Connection::Ending::Crowded:
            ++counters_.crowded;
            event.kind = SecurityEvent::Kind::MemoryLimit;
            event.reason = "connections keep too much waiting";
            break;
    }
    if (events_ != nullptr) events_->report(event);
    if (admission_ != nullptr && ending == Connection::Ending::BrokenHandshake) admission_->brokenHandshake(flow);
}

void ConnectionTable::onOutput(Connection& connection) { output_.push_back(connection.flow().connection); }

}  // namespace beffroi::edge
