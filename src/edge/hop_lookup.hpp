// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One look-up of a next hop on its way (RFC 3263 §4): NAPTR, then SRV of each service, then the addresses of each host;
// the questions of one step are asked at once. It ends by calling back, or by being destroyed.
// Thread: loop.
#pragma once

#include "edge/dns_client.hpp"
#include "edge/hop_plan.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace beffroi::edge {

struct HopAbilities {
    std::vector<Transport> transports{Transport::Udp, Transport::Tcp};  // in the order of our liking
    DnsFamilies families = DnsFamilies::Both;
};

class HopLookup : public std::enable_shared_from_this<HopLookup> {
public:
    struct Result {
        HopPlan plan;                         // empty: it leads nowhere
        DnsStatus status = DnsStatus::Found;  // Failed: perhaps it would at another time
        bool whole = true;                    // every question had its answer
        std::chrono::seconds timeToLive{};
    };

    HopLookup(DnsClient& dns, HopAbilities abilities, NextHop hop, std::function<void()> onDone);

    /// `onDone` is called once, perhaps before it returns.
    void start();

    /// Goes on as if NAPTR had no answer, if it has none yet: a server that drops the question must not take all the
    /// time.
    void skipNaptr();

    /// What was found; before the end, what was found so far.
    [[nodiscard]] Result result() const;

private:
    struct Service {
        Transport transport;
        std::string name;
    };
    [[nodiscard]] bool usable(Transport transport) const;
    [[nodiscard]] Transport transportWithoutSrv() const;
    void onNaptr(const DnsAnswer<NaptrRecord>& answer);
    void askServices();
    void onSrv(std::size_t service, const DnsAnswer<SrvRecord>& answer);
    void onServicesKnown();
    void askHosts();
    void onAddresses(const std::string& host, const DnsAnswer<SocketAddress>& answer);
    void note(DnsStatus status, std::chrono::seconds timeToLive);
    void oneLess(void (HopLookup::*next)());
    void done();
    template <typename Answer, typename Member, typename... Extra>
    auto whenAnswered(Member member, Extra... extra);

    DnsClient& dns_;
    HopAbilities abilities_;
    NextHop hop_;
    std::function<void()> onDone_;
    std::vector<Service> services_;
    HopPlan plan_;  // a service for each of services_
    std::map<std::string, std::vector<SocketAddress>> hosts_;
    bool naptrOpen_ = false;
    std::size_t open_ = 0;   // questions of this step
    bool declined_ = false;  // an SRV record said: not available here
    bool failed_ = false;    // some question had no answer
    std::chrono::seconds timeToLive_{0x7fffffff};
};

}  // namespace beffroi::edge
