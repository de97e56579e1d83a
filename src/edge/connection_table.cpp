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
      nextNumber_{
          static_cast<std::uint64_t>(std::chrono::nanoseconds{loop.clock().wallNow().time_since_epoch()}.count())} {}

bool ConnectionTable::admits(const SocketAddress& remote) {
    const auto host = perHost_.find(remote.withPort(0));
    const bool room = host == perHost_.end() || host->second < limits_.perAddress;
    if (room && connections_.size() < limits_.total) return true;
    ++counters_.refused;
    return false;
}

Connection* ConnectionTable::add(std::unique_ptr<ByteStream> stream, Flow flow, const SocketAddress& local,
                                 Connection::Origin origin) {
    flow.connection = nextNumber_++;
    std::unique_ptr<Connection> connection;
    try {
        auto& owner = static_cast<Connection::Owner&>(*this);
        connection = std::make_unique<Connection>(loop_, std::move(stream), flow, local, origin, limits_.stream, owner);
    } catch (const std::system_error& error) {
        log::warning(kLog, "a connection cannot be watched", {{"error", error.what()}});
        ++counters_.refused;
        return nullptr;
    }
    ++(origin == Connection::Origin::Accepted ? counters_.accepted : counters_.connected);
    newest_[flow.remote] = flow.connection;
    ++perHost_[flow.remote.withPort(0)];
    return connections_.emplace(flow.connection, std::move(connection)).first->second.get();
}

Connection* ConnectionTable::find(std::uint64_t number) const {
    const auto found = connections_.find(number);
    return found == connections_.end() ? nullptr : found->second.get();
}

Connection* ConnectionTable::towards(Transport transport, const SocketAddress& remote) const {
    const auto found = newest_.find(remote);
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
    if (ending == Connection::Ending::TimedOut) ++counters_.timedOut;
    if (ending == Connection::Ending::Failed) ++counters_.failed;
    if (const auto found = newest_.find(flow.remote); found != newest_.end() && found->second == flow.connection) {
        newest_.erase(found);
    }
    const auto host = perHost_.find(flow.remote.withPort(0));
    if (host != perHost_.end() && --host->second == 0) perHost_.erase(host);
    sink_.onFlowFailed(flow);
}

void ConnectionTable::onOutput(Connection& connection) { output_.push_back(connection.flow().connection); }

}  // namespace beffroi::edge
