// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/dns_client.hpp"

#include "base/log.hpp"
#include "beffroi/thread_roles.hpp"

#include <ares.h>
#include <arpa/nameser.h>
#include <netdb.h>

#include <algorithm>
#include <exception>
#include <stdexcept>

namespace beffroi::edge {
namespace {

constexpr log::Area kLog{"edge.dns"};
// 0.7 s, then 1.4 s, then 2.8 s: within the resolver's five seconds each server is asked three times.
constexpr int kFirstTimeoutMs = 700;
constexpr int kTries = 3;
constexpr std::uint16_t kDnsPort = 53;

/// What c-ares keeps for us until it calls back, exactly once for every question.
template <typename Record>
struct Question {
    DnsClient::OnAnswer<Record> onAnswer;
};

void read(std::string_view message, DnsAnswer<NaptrRecord>& into) { into = readNaptr(message); }
void read(std::string_view message, DnsAnswer<SrvRecord>& into) { into = readSrv(message); }

template <typename Record>
void answer(Question<Record>& question, const DnsAnswer<Record>& answer) noexcept {
    try {
        question.onAnswer(answer);
    } catch (const std::exception& error) {
        log::error(kLog, "an answer could not be used", {{"error", error.what()}});
    }
}

template <typename Record>
void onRecords(void* argument, int status, int /*timeouts*/, unsigned char* bytes, int length) noexcept {
    assertOnLoop();
    const std::unique_ptr<Question<Record>> question{static_cast<Question<Record>*>(argument)};
    if (status == ARES_EDESTRUCTION) return;
    DnsAnswer<Record> result;
    result.status = dnsStatusOf(status);
    if (result.status == DnsStatus::Found) {
        read({reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(std::max(length, 0))}, result);
    }
    answer(*question, result);
}

void onAddresses(void* argument, int status, int /*timeouts*/, ares_addrinfo* list) noexcept {
    assertOnLoop();
    const std::unique_ptr<Question<SocketAddress>> question{static_cast<Question<SocketAddress>*>(argument)};
    const std::unique_ptr<ares_addrinfo, decltype(&ares_freeaddrinfo)> owner{list, &ares_freeaddrinfo};
    if (status == ARES_EDESTRUCTION) return;
    DnsAnswer<SocketAddress> result{dnsStatusOf(status), {}, std::chrono::seconds{0x7fffffff}};
    const auto* node = status == ARES_SUCCESS && list != nullptr ? list->nodes : nullptr;
    for (; node != nullptr && result.records.size() < DnsClient::kMostRecords; node = node->ai_next) {
        if (node->ai_addr == nullptr) continue;
        const auto address = SocketAddress::from(*node->ai_addr).withPort(0);
        if (!address.isSet() || address.isWildcard()) continue;
        result.timeToLive = std::min(result.timeToLive, std::chrono::seconds{std::max(node->ai_ttl, 0)});
        result.records.push_back(address);
    }
    std::stable_partition(result.records.begin(), result.records.end(), [](const auto& each) { return each.isV4(); });
    if (result.records.empty() && result.status == DnsStatus::Found) result.status = DnsStatus::None;
    answer(*question, result);
}

template <typename Record>
void ask(ares_channeldata* channel, const std::string& name, int type, DnsClient::OnAnswer<Record> onAnswer) {
    auto question = std::make_unique<Question<Record>>(Question<Record>{std::move(onAnswer)});
    ares_query(channel, name.c_str(), ns_c_in, type, &onRecords<Record>, question.release());
}

// An address with or without a port; unset if it is none.
SocketAddress serverFrom(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    if (const auto address = SocketAddress::parse(text, kDnsPort)) return *address;
    const auto address = SocketAddress::parseWithPort(text);
    return address && address->port() != 0 ? *address : SocketAddress{};
}

// `take(text, address)` for each element of the list.
template <typename Take>
void forEachServer(std::string_view servers, Take take) {
    while (!servers.empty()) {
        const auto comma = servers.find(',');
        const auto one = servers.substr(0, comma);
        servers = comma == std::string_view::npos ? std::string_view{} : servers.substr(comma + 1);
        take(one, serverFrom(one));
    }
}

}  // namespace

std::string complaintAboutNameServers(const std::string& servers) {
    std::string complaint;
    forEachServer(servers, [&complaint](std::string_view text, const SocketAddress& address) {
        if (address.isSet() || !complaint.empty()) return;
        complaint = '"' + std::string{text} + "\" is not the address of a name server, such as 192.0.2.53 or [::1]:53";
    });
    return complaint;
}

DnsClient::DnsClient(base::EventLoop& loop, const std::string& servers, HostsFile hosts)
    : loop_{loop}, hosts_{std::move(hosts)}, timer_{loop.scheduler(), [this] {
                                                        process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
                                                    }} {
    ares_options options{};
    options.timeout = kFirstTimeoutMs;
    options.tries = kTries;
    options.ndomains = 0;  // a SIP domain is a whole name: nothing is appended to it
    std::string nameServersAlone{"b"};
    options.lookups = nameServersAlone.data();
    options.sock_state_cb_data = this;
    options.sock_state_cb = [](void* self, ares_socket_t socket, int readable, int writable) noexcept {
        static_cast<DnsClient*>(self)->onSocketState(socket, readable != 0, writable != 0);
    };
    const int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_DOMAINS | ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB;
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) throw std::runtime_error{"c-ares cannot start"};
    if (ares_init_options(&channel_, &options, mask) != ARES_SUCCESS) {
        ares_library_cleanup();
        throw std::runtime_error{"c-ares cannot start"};
    }
    std::string list;  // in one form: c-ares takes no blanks
    forEachServer(servers, [&list](std::string_view, const SocketAddress& address) {
        list.append(list.empty() ? "" : ",").append(address.toString());
    });
    if (!list.empty() && ares_set_servers_ports_csv(channel_, list.c_str()) != ARES_SUCCESS) {
        ares_destroy(channel_);
        ares_library_cleanup();
        throw std::runtime_error{"not a list of name servers: " + servers};
    }
}

DnsClient::~DnsClient() {
    ares_destroy(channel_);
    ares_library_cleanup();
}

void DnsClient::naptr(const std::string& name, OnAnswer<NaptrRecord> onAnswer) {
    ask<NaptrRecord>(channel_, name, ns_t_naptr, std::move(onAnswer));
    armTimer();
}

void DnsClient::srv(const std::string& name, OnAnswer<SrvRecord> onAnswer) {
    ask<SrvRecord>(channel_, name, ns_t_srv, std::move(onAnswer));
    armTimer();
}

void DnsClient::addresses(const std::string& name, DnsFamilies families, OnAnswer<SocketAddress> onAnswer) {
    DnsAnswer<SocketAddress> known{DnsStatus::Found, hosts_.find(name), std::chrono::seconds{0x7fffffff}};
    std::erase_if(known.records, [families](const SocketAddress& address) {
        return families == (address.isV6() ? DnsFamilies::V4 : DnsFamilies::V6);
    });
    if (!known.records.empty()) {
        std::stable_partition(known.records.begin(), known.records.end(), [](const auto& each) { return each.isV4(); });
        known.records.resize(std::min(known.records.size(), kMostRecords));
        return onAnswer(known);
    }
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    if (families == DnsFamilies::V4) hints.ai_family = AF_INET;
    if (families == DnsFamilies::V6) hints.ai_family = AF_INET6;
    hints.ai_flags = ARES_AI_NOSORT;
    auto question = std::make_unique<Question<SocketAddress>>(Question<SocketAddress>{std::move(onAnswer)});
    ares_getaddrinfo(channel_, name.c_str(), nullptr, &hints, &onAddresses, question.release());
    armTimer();
}

// Called by c-ares, before it closes a socket too.
void DnsClient::onSocketState(int socket, bool readable, bool writable) {
    assertOnLoop();
    auto interest = static_cast<base::Ready>(0);
    if (readable) interest = interest | base::Ready::Read;
    if (writable) interest = interest | base::Ready::Write;
    try {
        if (!readable && !writable) {
            watches_.erase(socket);
        } else if (const auto found = watches_.find(socket); found != watches_.end()) {
            found->second->want(interest);
        } else {
            watches_.emplace(socket, loop_.watch(socket, interest, [this, socket](base::Ready ready) {
                const bool read = has(ready, base::Ready::Read) || has(ready, base::Ready::Error);
                process(read ? socket : ARES_SOCKET_BAD, has(ready, base::Ready::Write) ? socket : ARES_SOCKET_BAD);
            }));
        }
    } catch (const std::exception& error) {  // the question runs into its time-out
        log::warning(kLog, "a socket cannot be watched", {{"error", error.what()}});
    }
}

void DnsClient::process(int readable, int writable) {
    assertOnLoop();
    ares_process_fd(channel_, readable, writable);
    armTimer();
}

void DnsClient::armTimer() {
    timeval most{5, 0};
    timeval wait{};
    const auto* next = ares_timeout(channel_, nullptr, &wait);
    if (next == nullptr) return timer_.stop();  // no question is open
    if (next->tv_sec >= most.tv_sec) next = &most;
    timer_.start(std::chrono::seconds{next->tv_sec} + std::chrono::microseconds{next->tv_usec});
}

}  // namespace beffroi::edge
