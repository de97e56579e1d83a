// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the guard's question costs for one message: of a telephone that it knows, of strangers that are let in or
// dropped, from one address and from a million, and of who is banned. What is dropped must cost well under 1 µs.

#include "base/system_clock.hpp"
#include "base/timer_wheel.hpp"
#include "guard/guard.hpp"
#include "guard/security_log.hpp"

#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <sodium.h>

#include <cstdlib>
#include <optional>
#include <string>

namespace {

using namespace beffroi;

const std::string kRequest =
    "REGISTER sip:mairie.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK1;rport\r\n"
    "From: <sip:2101@mairie.test>;tag=1\r\nTo: <sip:2101@mairie.test>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n"
    "Contact: <sip:2101@192.0.2.10:5060>\r\nMax-Forwards: 70\r\nUser-Agent: Yealink SIP-T46S 66.85.0.5\r\n"
    "Content-Length: 0\r\n\r\n";

class NoDisk final : public BanStore {
public:
    void commit(std::vector<Ban>, std::vector<Ban>, Committed) override {}
};

Flow from(std::uint32_t address, std::uint16_t port = 5060) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    v4.sin_addr.s_addr = htonl(address);
    return {Transport::Udp, 0, 0, SocketAddress::from(reinterpret_cast<const sockaddr&>(v4))};
}

struct Fort {
    Fort() {
        assertOnLoop();
        if (sodium_init() < 0) std::abort();
        settings.trusted = {*AddressRange::parse("127.0.0.0/8"), *AddressRange::parse("::1")};
        settings.scanners = {"friendly-scanner", "friendly-request", "sipvicious",      "sipcli", "sip-scan",
                             "sipscan",          "sundayddr",        "vaxsipuseragent", "pplsip"};
        guard.emplace(wheel, bans, log, hash, settings, [] { return Clock::Duration{}; });
        for (std::uint32_t i = 0; i < 5000; ++i) guard->authenticated(from(0xC6336400 + i), std::to_string(i));
    }
    base::SystemClock clock;
    base::TimerWheel wheel{clock};
    NoDisk disk;
    guard::SourceHash hash{{1}};
    guard::SecurityLog log{clock, hash, [](log::Level, const SecurityEvent&, std::uint64_t) {}};
    guard::Bans bans{wheel, disk, log};
    guard::GuardSettings settings;
    std::optional<guard::Guard> guard;
};

// `sources` addresses in turn, at the speed of this machine: far more than any budget.
void dropStrangers(benchmark::State& state) {
    Fort fort;
    const auto sources = static_cast<std::uint32_t>(state.range(0));
    std::uint32_t i = 0;
    for (auto _ : state) {
        assertOnLoop();
        benchmark::DoNotOptimize(fort.guard->admit(from(0x0b000000 + ++i % sources), kRequest));
    }
}

void dropBanned(benchmark::State& state) {
    assertOnLoop();
    Fort fort;
    const auto now = fort.clock.wallNow();
    for (std::uint32_t i = 0; i < 5000; ++i) {
        fort.bans.impose({AddressRange{from(0x0b000000 + i).remote, 32}, "", now, now + std::chrono::hours{1}, "", ""});
    }
    std::uint32_t i = 0;
    for (auto _ : state) {
        assertOnLoop();
        benchmark::DoNotOptimize(fort.guard->admit(from(0x0b000000 + ++i % 5000), kRequest));
    }
}

void admitKnown(benchmark::State& state) {
    Fort fort;
    std::uint32_t i = 0;
    for (auto _ : state) {
        assertOnLoop();
        benchmark::DoNotOptimize(fort.guard->admit(from(0xC6336400 + ++i % 5000), kRequest));
    }
}

BENCHMARK(dropStrangers)->Arg(1)->Arg(1'000)->Arg(1'000'000);
BENCHMARK(dropBanned);
BENCHMARK(admitKnown);

}  // namespace

BENCHMARK_MAIN();
