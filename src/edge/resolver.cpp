// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/resolver.hpp"

#include "edge/srv_order.hpp"

#include <ares.h>
#include <arpa/nameser.h>
#include <netdb.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <deque>
#include <map>
#include <stdexcept>
#include <string_view>

namespace beffroi::edge {
namespace {

constexpr std::uint16_t kSipPort = 5060;
constexpr std::uint16_t kSipsPort = 5061;
constexpr std::size_t kMostTargets = 16;  // of one name: more is somebody's game

std::string keyOf(const NextHop& hop) {
    std::string key{hop.host};
    std::transform(key.begin(), key.end(), key.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    key.append(1, ' ').append(std::to_string(hop.port));
    key.append(hop.secure ? " s" : " -").append(hop.transport ? toString(*hop.transport) : "");
    return key;
}

std::string srvName(Transport transport, const std::string& host) {
    switch (transport) {
        case Transport::Udp: return "_sip._udp." + host;
        case Transport::Tcp: return "_sip._tcp." + host;
        case Transport::Tls: return "_sips._tcp." + host;
    }
    return host;
}

std::uint16_t standardPort(Transport transport) { return transport == Transport::Tls ? kSipsPort : kSipPort; }

std::optional<Transport> transportOfService(std::string_view service) {
    if (strncasecmp(service.data(), "SIP+D2U", 7) == 0) return Transport::Udp;
    if (strncasecmp(service.data(), "SIPS+D2T", 8) == 0) return Transport::Tls;
    if (strncasecmp(service.data(), "SIP+D2T", 7) == 0) return Transport::Tcp;
    return std::nullopt;
}

}  // namespace

/// One look-up on its way: NAPTR, then SRV names in order, then the addresses of their hosts in order. c-ares keeps a
/// count of it for every answer that is still to come.
class Resolver::Query : public std::enable_shared_from_this<Query> {
public:
    Query(Resolver& resolver, NextHop hop, std::string key, Answer answer)
        : resolver_{resolver},
          hop_{std::move(hop)},
          key_{std::move(key)},
          answer_{std::move(answer)},
          deadline_{resolver.loop_.scheduler(), [this] { finish(); }} {}

    void start() {
        deadline_.start(resolver_.settings_.timeout);
        if (hop_.port != 0) {
            addHost(transportChosen(), hop_.host, hop_.port);
            return nextHost();
        }
        if (hop_.transport) {
            services_.push_back({*hop_.transport, srvName(*hop_.transport, hop_.host)});
            return nextService();
        }
        ask(hop_.host, ns_t_naptr, &Query::onNaptr);
    }
    void abandon() noexcept {
        abandoned_ = true;
        deadline_.stop();
    }
    [[nodiscard]] const std::string& key() const noexcept { return key_; }

private:
    struct Service {
        Transport transport;
        std::string name;
    };
    struct Host {
        Transport transport;
        std::string name;
        std::uint16_t port;
    };
    using Step = void (Query::*)(int status, unsigned char* bytes, int length);
    struct Pending {
        std::shared_ptr<Query> query;
        Step step;
    };

    [[nodiscard]] Transport transportChosen() const {
        if (hop_.secure) return Transport::Tls;
        return hop_.transport.value_or(Transport::Udp);
    }

    void ask(const std::string& name, int type, Step step) {
        auto* pending = new Pending{shared_from_this(), step};  // owned by c-ares until it calls back, exactly once
        ares_query(resolver_.channel_, name.c_str(), ns_c_in, type, &Query::onAnswer, pending);
        resolver_.armTimer();
    }
    static void onAnswer(void* argument, int status, int /*timeouts*/, unsigned char* bytes, int length) {
        const std::unique_ptr<Pending> pending{static_cast<Pending*>(argument)};
        if (pending->query->abandoned_ || status == ARES_EDESTRUCTION) return;
        ((*pending->query).*(pending->step))(status, bytes, length);
    }

    void onNaptr(int status, unsigned char* bytes, int length) {
        ares_naptr_reply* replies = nullptr;
        if (status == ARES_SUCCESS) ares_parse_naptr_reply(bytes, length, &replies);
        std::multimap<std::pair<int, int>, Service> ordered;
        for (const auto* reply = replies; reply != nullptr && ordered.size() < kMostTargets; reply = reply->next) {
            const auto transport = transportOfService(reinterpret_cast<const char*>(reply->service));
            const bool terminal = reply->flags != nullptr && (reply->flags[0] | 0x20U) == 's';
            if (!transport || !terminal || !usable(*transport)) continue;
            ordered.emplace(std::pair{reply->order, reply->preference}, Service{*transport, reply->replacement});
        }
        if (replies != nullptr) ares_free_data(replies);
        for (auto& [order, service] : ordered) services_.push_back(std::move(service));
        if (services_.empty()) {
            for (const auto transport : {Transport::Udp, Transport::Tcp}) {
                if (usable(transport)) services_.push_back({transport, srvName(transport, hop_.host)});
            }
        }
        nextService();
    }

    [[nodiscard]] bool usable(Transport transport) const {
        if (hop_.secure || transport == Transport::Tls) return false;
        return transport == Transport::Udp || resolver_.settings_.tcp;
    }

    void nextService() {
        if (services_.empty()) {
            if (hosts_.empty()) addHost(transportChosen(), hop_.host, standardPort(transportChosen()));
            return nextHost();
        }
        ask(services_.front().name, ns_t_srv, &Query::onSrv);
    }

    void onSrv(int status, unsigned char* bytes, int length) {
        const auto transport = services_.front().transport;
        services_.pop_front();
        ares_srv_reply* replies = nullptr;
        if (status == ARES_SUCCESS) ares_parse_srv_reply(bytes, length, &replies);
        std::vector<SrvTarget> targets;
        for (const auto* reply = replies; reply != nullptr && targets.size() < kMostTargets; reply = reply->next) {
            if (std::string_view{reply->host} == "." || reply->host[0] == '\0' || reply->port == 0) continue;
            targets.push_back({reply->priority, reply->weight, reply->port, reply->host});
        }
        if (replies != nullptr) ares_free_data(replies);
        for (auto& target : orderSrv(std::move(targets), resolver_.random_)) {
            addHost(transport, target.host, target.port);
        }
        nextService();
    }

    void addHost(Transport transport, const std::string& name, std::uint16_t port) {
        if (hosts_.size() < kMostTargets) hosts_.push_back({transport, name, port});
    }

    void nextHost() {
        while (!hosts_.empty()) {
            const auto& host = hosts_.front();
            const auto literal = SocketAddress::parse(host.name, host.port);
            if (!literal) break;
            found_.push_back({host.transport, *literal});
            hosts_.pop_front();
        }
        if (hosts_.empty()) return finish();
        ares_addrinfo_hints hints{};
        hints.ai_family = AF_UNSPEC;
        hints.ai_flags = ARES_AI_NOSORT;
        auto* pending = new Pending{shared_from_this(), nullptr};
        ares_getaddrinfo(resolver_.channel_, hosts_.front().name.c_str(), nullptr, &hints, &Query::onAddresses, pending);
        resolver_.armTimer();
    }

    static void onAddresses(void* argument, int status, int /*timeouts*/, ares_addrinfo* result) {
        const std::unique_ptr<Pending> pending{static_cast<Pending*>(argument)};
        const std::unique_ptr<ares_addrinfo, decltype(&ares_freeaddrinfo)> owner{result, &ares_freeaddrinfo};
        auto& query = *pending->query;
        if (query.abandoned_ || status == ARES_EDESTRUCTION) return;
        const auto host = query.hosts_.front();
        query.hosts_.pop_front();
        const auto* node = result != nullptr ? result->nodes : nullptr;
        for (; node != nullptr && query.found_.size() < kMostTargets; node = node->ai_next) {
            const auto address = SocketAddress::from(*node->ai_addr);
            if (address.isSet()) query.found_.push_back({host.transport, address.withPort(host.port)});
        }
        query.nextHost();
    }

    void finish() {
        assertOnLoop();
        const auto self = shared_from_this();
        if (abandoned_) return;
        abandon();
        resolver_.finished(*this, std::move(found_), answer_);
    }

    Resolver& resolver_;
    NextHop hop_;
    std::string key_;
    Answer answer_;
    std::deque<Service> services_;
    std::deque<Host> hosts_;
    std::vector<Destination> found_;
    Timer deadline_;
    bool abandoned_ = false;
};

class Resolver::Handle final : public NextHopResolver::Lookup {
public:
    Handle(Resolver& resolver, std::weak_ptr<Query> query) : resolver_{resolver}, query_{std::move(query)} {}
    ~Handle() override {
        if (const auto query = query_.lock()) {
            query->abandon();
            resolver_.queries_.erase(query.get());
        }
    }

private:
    Resolver& resolver_;
    std::weak_ptr<Query> query_;
};

Resolver::Resolver(base::EventLoop& loop, ResolverSettings settings, std::function<std::uint64_t()> random)
    : loop_{loop},
      settings_{std::move(settings)},
      random_{std::move(random)},
      timer_{loop.scheduler(), [this] { process(ARES_SOCKET_BAD, ARES_SOCKET_BAD); }} {
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) throw std::runtime_error{"c-ares cannot start"};
    ares_options options{};
    options.timeout = 1500;
    options.tries = 3;
    options.sock_state_cb_data = this;
    options.sock_state_cb = [](void* self, ares_socket_t socket, int readable, int writable) {
        static_cast<Resolver*>(self)->onSocketState(socket, readable != 0, writable != 0);
    };
    const int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
    if (ares_init_options(&channel_, &options, mask) != ARES_SUCCESS) throw std::runtime_error{"c-ares cannot start"};
    if (!settings_.servers.empty() && ares_set_servers_ports_csv(channel_, settings_.servers.c_str()) != ARES_SUCCESS) {
        ares_destroy(channel_);
        throw std::runtime_error{"not a list of name servers: " + settings_.servers};
    }
}

Resolver::~Resolver() {
    for (const auto& [query, owner] : queries_) query->abandon();
    ares_destroy(channel_);
    ares_library_cleanup();
}

std::unique_ptr<NextHopResolver::Lookup> Resolver::resolve(const NextHop& hop, Answer answer) {
    auto key = keyOf(hop);
    const auto known = remembered_.find(key);
    if (known != remembered_.end() && known->second.until > loop_.clock().now()) {
        answer(known->second.destinations);
        return std::make_unique<Handle>(*this, std::weak_ptr<Query>{});
    }
    const auto query = std::make_shared<Query>(*this, hop, std::move(key), std::move(answer));
    queries_.emplace(query.get(), query);
    query->start();
    return std::make_unique<Handle>(*this, query);
}

void Resolver::finished(Query& query, std::vector<Destination> found, const Answer& answer) {
    remember(query.key(), found);
    queries_.erase(&query);
    answer(std::move(found));
}

void Resolver::remember(const std::string& key, const std::vector<Destination>& found) {
    if (remembered_.size() >= settings_.remembered) remembered_.clear();
    const auto until = loop_.clock().now() + (found.empty() ? settings_.rememberNone : settings_.remember);
    remembered_.insert_or_assign(key, Remembered{found, until});
}

void Resolver::onSocketState(int socket, bool readable, bool writable) {
    if (!readable && !writable) {
        watches_.erase(socket);
        return;
    }
    auto interest = static_cast<base::Ready>(0);
    if (readable) interest = interest | base::Ready::Read;
    if (writable) interest = interest | base::Ready::Write;
    if (const auto found = watches_.find(socket); found != watches_.end()) return found->second->want(interest);
    watches_.emplace(socket, loop_.watch(socket, interest, [this, socket](base::Ready ready) {
        process(has(ready, base::Ready::Read) || has(ready, base::Ready::Error) ? socket : ARES_SOCKET_BAD,
                has(ready, base::Ready::Write) ? socket : ARES_SOCKET_BAD);
    }));
}

void Resolver::process(int readable, int writable) {
    ares_process_fd(channel_, readable, writable);
    armTimer();
}

void Resolver::armTimer() {
    timeval limit{1, 0};
    timeval wait{};
    if (queries_.empty() && watches_.empty()) return timer_.stop();
    const auto* next = ares_timeout(channel_, &limit, &wait);
    timer_.start(std::chrono::seconds{next->tv_sec} + std::chrono::microseconds{next->tv_usec});
}

}  // namespace beffroi::edge
