// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/hop_lookup.hpp"

#include <strings.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace beffroi::edge {
namespace {

constexpr std::uint16_t kSipPort = 5060;
constexpr std::uint16_t kSipsPort = 5061;
constexpr std::size_t kMostHosts = 16;  // of one next hop: more is somebody's game

std::uint16_t standardPort(Transport transport) { return transport == Transport::Tls ? kSipsPort : kSipPort; }

std::string srvName(Transport transport, const std::string& host) {
    switch (transport) {
        case Transport::Udp: return "_sip._udp." + host;
        case Transport::Tcp: return "_sip._tcp." + host;
        case Transport::Tls: return "_sips._tcp." + host;
    }
    return host;
}

std::optional<Transport> transportOfService(const std::string& service) {
    if (strcasecmp(service.c_str(), "SIP+D2U") == 0) return Transport::Udp;
    if (strcasecmp(service.c_str(), "SIP+D2T") == 0) return Transport::Tcp;
    if (strcasecmp(service.c_str(), "SIPS+D2T") == 0) return Transport::Tls;
    return std::nullopt;
}

}  // namespace

HopLookup::HopLookup(DnsClient& dns, HopAbilities abilities, NextHop hop, std::function<void()> onDone)
    : dns_{dns}, abilities_{std::move(abilities)}, hop_{std::move(hop)}, onDone_{std::move(onDone)} {}

// A callback for the DNS client that does nothing once this look-up is gone.
template <typename Answer, typename Member, typename... Extra>
auto HopLookup::whenAnswered(Member member, Extra... extra) {
    return [weak = weak_from_this(), member, extra...](const Answer& answer) {
        if (const auto self = weak.lock()) ((*self).*member)(extra..., answer);
    };
}

bool HopLookup::usable(Transport transport) const {
    if (hop_.secure && transport != Transport::Tls) return false;
    const auto& ours = abilities_.transports;
    return std::find(ours.begin(), ours.end(), transport) != ours.end();
}

// RFC 3263 §4.1: an address or a port given, or no SRV record anywhere.
Transport HopLookup::transportWithoutSrv() const {
    if (hop_.secure) return Transport::Tls;
    return hop_.transport.value_or(Transport::Udp);
}

void HopLookup::start() {
    const auto only = transportWithoutSrv();
    const bool numeric = SocketAddress::parse(hop_.host, 0).has_value();
    if (numeric || hop_.port != 0) {
        if (!usable(only)) return done();
        plan_ = {{only, {HopTarget{0, 0, hop_.port != 0 ? hop_.port : standardPort(only), hop_.host, {}}}}};
        return askHosts();
    }
    if (hop_.transport || hop_.secure) {
        if (!usable(only)) return done();
        services_ = {{only, srvName(only, hop_.host)}};
        return askServices();
    }
    naptrOpen_ = true;
    dns_.naptr(hop_.host, whenAnswered<DnsAnswer<NaptrRecord>>(&HopLookup::onNaptr));
}

void HopLookup::skipNaptr() { onNaptr({}); }

void HopLookup::onNaptr(const DnsAnswer<NaptrRecord>& answer) {
    if (!std::exchange(naptrOpen_, false)) return;  // it comes too late
    auto records = answer.records;
    std::stable_sort(records.begin(), records.end(), [](const auto& a, const auto& b) {
        return std::pair{a.order, a.preference} < std::pair{b.order, b.preference};
    });
    for (auto& record : records) {
        const auto transport = transportOfService(record.service);
        if (!transport || !usable(*transport) || strcasecmp(record.flags.c_str(), "s") != 0) continue;
        services_.push_back({*transport, std::move(record.replacement)});
    }
    if (answer.status != DnsStatus::None) note(answer.status, answer.timeToLive);
    if (services_.empty()) {
        for (const auto transport : abilities_.transports) {
            if (usable(transport)) services_.push_back({transport, srvName(transport, hop_.host)});
        }
    }
    askServices();
}

void HopLookup::askServices() {
    const auto services = services_;  // answers may come while we ask
    plan_.clear();
    for (const auto& service : services) plan_.push_back({service.transport, {}});
    open_ = services.size() + 1;
    for (std::size_t i = 0; i < services.size(); ++i) {
        dns_.srv(services[i].name, whenAnswered<DnsAnswer<SrvRecord>>(&HopLookup::onSrv, i));
    }
    oneLess(&HopLookup::onServicesKnown);
}

void HopLookup::onSrv(std::size_t service, const DnsAnswer<SrvRecord>& answer) {
    for (const auto& record : answer.records) {
        if (record.host.empty()) {
            declined_ = true;
        } else if (record.port != 0) {
            plan_[service].targets.push_back({record.priority, record.weight, record.port, record.host, {}});
        }
    }
    if (answer.status != DnsStatus::None) note(answer.status, answer.timeToLive);
    oneLess(&HopLookup::onServicesKnown);
}

void HopLookup::onServicesKnown() {
    const bool any =
        std::any_of(plan_.begin(), plan_.end(), [](const auto& service) { return !service.targets.empty(); });
    if (!any) {
        plan_.clear();
        const auto only = transportWithoutSrv();
        if (declined_ || !usable(only)) return done();
        plan_ = {{only, {HopTarget{0, 0, standardPort(only), hop_.host, {}}}}};
    }
    askHosts();
}

void HopLookup::askHosts() {
    for (const auto& service : plan_) {
        for (const auto& target : service.targets) {
            if (hosts_.size() < kMostHosts) hosts_.try_emplace(target.host);
        }
    }
    std::vector<std::string> names;
    for (auto& [host, addresses] : hosts_) {
        if (const auto literal = SocketAddress::parse(host, 0)) {
            addresses.push_back(*literal);
        } else {
            names.push_back(host);
        }
    }
    open_ = names.size() + 1;
    for (const auto& name : names) {
        dns_.addresses(name, abilities_.families,
                       whenAnswered<DnsAnswer<SocketAddress>>(&HopLookup::onAddresses, name));
    }
    oneLess(&HopLookup::done);
}

void HopLookup::onAddresses(const std::string& host, const DnsAnswer<SocketAddress>& answer) {
    hosts_[host] = answer.records;
    if (answer.status != DnsStatus::None) note(answer.status, answer.timeToLive);
    oneLess(&HopLookup::done);
}

void HopLookup::note(DnsStatus status, std::chrono::seconds timeToLive) {
    if (status == DnsStatus::Failed) {
        failed_ = true;
    } else {
        timeToLive_ = std::min(timeToLive_, timeToLive);
    }
}

void HopLookup::oneLess(void (HopLookup::*next)()) {
    if (--open_ == 0) (this->*next)();
}

void HopLookup::done() { onDone_(); }

HopLookup::Result HopLookup::result() const {
    Result result;
    bool any = false;
    for (const auto& service : plan_) {
        HopService known{service.transport, {}};
        for (const auto& target : service.targets) {
            const auto found = hosts_.find(target.host);
            if (found == hosts_.end() || found->second.empty()) continue;
            known.targets.push_back(target);
            known.targets.back().addresses = found->second;
            any = true;
        }
        if (!known.targets.empty()) result.plan.push_back(std::move(known));
    }
    result.status = DnsStatus::Found;
    if (!any) result.status = failed_ ? DnsStatus::Failed : DnsStatus::None;
    result.whole = !failed_;
    result.timeToLive = timeToLive_;
    return result;
}

}  // namespace beffroi::edge
