// SPDX-License-Identifier: AGPL-3.0-or-later
//
// RFC 3263 without waiting: look-ups run on the loop, those for the same next hop together; what they found is
// remembered for as long as the name servers allow, so that a call to a name just called waits for nobody.
// Thread: loop.
#pragma once

#include "base/event_loop.hpp"
#include "beffroi/next_hop.hpp"
#include "edge/dns_client.hpp"
#include "edge/hop_lookup.hpp"
#include "edge/hop_plan.hpp"

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace beffroi::edge {

struct ResolverSettings {
    std::string servers;  // "192.0.2.53:53,…"; empty: those of the system
    std::string hostsFile = "/etc/hosts";
    HopAbilities abilities;
    Clock::Duration timeout = 5s;    // for a whole look-up
    Clock::Duration naptr = 1500ms;  // of it, for NAPTR: most domains have none, and some servers drop the question
    Clock::Duration rememberAtLeast = 1s;  // whatever the time to live is
    Clock::Duration rememberAtMost = std::chrono::hours{1};
    Clock::Duration rememberNone = 30s;    // that it leads nowhere
    Clock::Duration rememberFailure = 5s;  // that nobody answered, or not everything was answered
    std::size_t remembered = 1024;         // next hops
    std::size_t lookups = 256;             // at a time
};

class Resolver final : public NextHopResolver {
public:
    struct Counters {
        std::uint64_t asked = 0;       // look-ups wanted
        std::uint64_t remembered = 0;  // of them answered from memory
        std::uint64_t nowhere = 0;     // of them without a destination
        std::uint64_t timedOut = 0;
    };

    /// `random` gives numbers for the weights of SRV records. Throws std::runtime_error if c-ares cannot start.
    Resolver(base::EventLoop& loop, ResolverSettings settings, RandomNumber random);
    ~Resolver() override;

    [[nodiscard]] std::unique_ptr<Lookup> resolve(const NextHop& hop, Answer answer) override;

    [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

private:
    class Waiter;
    class Handle;
    struct Running;
    struct Remembered {
        HopPlan plan;
        Clock::TimePoint until;
    };
    void finished(const std::string& key, bool inTime);
    void remember(const std::string& key, const HopLookup::Result& result, bool whole);
    [[nodiscard]] std::vector<Destination> destinations(const HopPlan& plan);

    base::EventLoop& loop_;
    ResolverSettings settings_;
    RandomNumber random_;
    std::unordered_map<std::string, Remembered> remembered_;
    DnsClient dns_;
    std::unordered_map<std::string, std::unique_ptr<Running>> running_;
    Counters counters_;
};

}  // namespace beffroi::edge
