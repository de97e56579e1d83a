// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bridge/source_pin.hpp"

#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::bridge;
using test::FakeClock;
using Verdict = SourcePin::Verdict;

namespace {

SocketAddress at(std::string_view text) { return *SocketAddress::parseWithPort(text); }

const SocketAddress kSignalled = at("192.0.2.10:4000");
const SocketAddress kOtherPort = at("192.0.2.10:55000");
const SocketAddress kNat = at("203.0.113.1:31000");
const SocketAddress kIntruder = at("203.0.113.66:31000");

Verdict after(SourcePin& pin, const SocketAddress& from, unsigned packets, Clock::TimePoint now) {
    for (unsigned i = 1; i < packets; ++i) CHECK(pin.judge(from, now) == Verdict::Stranger);
    return pin.judge(from, now);
}

}  // namespace

TEST_CASE("the signalled address is believed at once and for good", "[bridge][rtp-bleed]") {
    FakeClock clock;
    const auto learning = GENERATE(Learning::SignalledHost, Learning::BehindNat);
    SourcePin pin{kSignalled, learning, clock.now()};
    CHECK(pin.destination() == kSignalled);
    CHECK_FALSE(pin.pinned());
    SECTION("first of all") {}
    SECTION("also after minutes of silence") { clock.advance(300s); }
    SECTION("also when a stranger was nearly learnt") {
        if (learning == Learning::BehindNat) CHECK(after(pin, kNat, 4, clock.now()) == Verdict::Stranger);
    }
    CHECK(pin.judge(kSignalled, clock.now()) == Verdict::Ours);
    CHECK(pin.pinned());
    for (const auto& stranger : {kOtherPort, kNat, kIntruder}) {
        CHECK(after(pin, stranger, 100, clock.now()) == Verdict::Stranger);
    }
    CHECK(pin.destination() == kSignalled);
    CHECK(pin.judge(kSignalled, clock.now()) == Verdict::Ours);
}

TEST_CASE("another port of the signalled host is learnt in the first seconds", "[bridge][rtp-bleed]") {
    FakeClock clock;
    SourcePin pin{kSignalled, Learning::SignalledHost, clock.now()};
    clock.advance(SourcePin::kLearningTime);
    SECTION("then it is the only one, and packets go there") {
        CHECK(pin.judge(kOtherPort, clock.now()) == Verdict::Ours);
        CHECK(pin.destination() == kOtherPort);
        CHECK(pin.judge(kSignalled, clock.now()) == Verdict::Stranger);
    }
    SECTION("not later") {
        clock.advance(1ns);
        CHECK(pin.judge(kOtherPort, clock.now()) == Verdict::Stranger);
        CHECK(pin.destination() == kSignalled);
    }
}

TEST_CASE("a telephone behind NAT is learnt from a row of its packets", "[bridge][rtp-bleed]") {
    FakeClock clock;
    SourcePin pin{kSignalled, Learning::BehindNat, clock.now()};
    SECTION("the fifth is believed") {
        CHECK(after(pin, kNat, SourcePin::kProbation, clock.now()) == Verdict::Ours);
        CHECK(pin.destination() == kNat);
        CHECK(after(pin, kIntruder, 100, clock.now()) == Verdict::Stranger);
        CHECK(pin.judge(kSignalled, clock.now()) == Verdict::Stranger);
    }
    SECTION("an intruder among them starts the row anew") {
        CHECK(after(pin, kNat, 4, clock.now()) == Verdict::Stranger);
        CHECK(pin.judge(kIntruder, clock.now()) == Verdict::Stranger);
        CHECK(after(pin, kNat, 5, clock.now()) == Verdict::Ours);
    }
    SECTION("the signalled host comes first, from whichever port") {
        CHECK(after(pin, kNat, 4, clock.now()) == Verdict::Stranger);
        CHECK(pin.judge(kOtherPort, clock.now()) == Verdict::Ours);
        CHECK(after(pin, kNat, 10, clock.now()) == Verdict::Stranger);
    }
    SECTION("nobody is learnt when the first seconds are over") {
        clock.advance(SourcePin::kLearningTime + 1ns);
        CHECK(after(pin, kNat, 100, clock.now()) == Verdict::Stranger);
        CHECK_FALSE(pin.pinned());
    }
    SECTION("nobody is learnt where the host is the condition") {
        SourcePin strict{kSignalled, Learning::SignalledHost, clock.now()};
        CHECK(after(strict, kNat, 100, clock.now()) == Verdict::Stranger);
    }
}

TEST_CASE("while the other side holds without an address, everybody is a stranger", "[bridge][rfc3264-8.4]") {
    FakeClock clock;
    SourcePin pin{SocketAddress{}, Learning::BehindNat, clock.now()};
    CHECK(after(pin, kNat, 100, clock.now()) == Verdict::Stranger);
    CHECK_FALSE(pin.destination().isSet());
    CHECK(SourcePin{}.judge(kNat, clock.now()) == Verdict::Stranger);
}
