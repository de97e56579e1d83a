// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The wheel against its promises, and against a list that is searched from end to end.

#include "base/timer_wheel.hpp"

#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <deque>
#include <memory>
#include <random>
#include <vector>

using namespace beffroi;
using base::TimerWheel;
using test::FakeClock;

namespace {

constexpr auto kTick = TimerWheel::kTick;

// Notes when each timer fired.
struct Recorder {
    FakeClock clock;
    TimerWheel wheel{clock};
    std::vector<int> fired;
    std::deque<Timer> timers;

    Timer& add(int name) {
        return timers.emplace_back(wheel, [this, name] { fired.push_back(name); });
    }
    std::vector<int> after(Clock::Duration time) {
        clock.advance(time);
        fired.clear();
        wheel.advance();
        return fired;
    }
};

}  // namespace

TEST_CASE("a timer fires no earlier than asked and at most one tick late", "[base][timer]") {
    Recorder all;
    auto& timer = all.add(1);
    timer.start(25ms);
    CHECK(timer.running());
    CHECK(timer.due() == all.clock.now() + 25ms);
    CHECK(all.after(24ms).empty());
    CHECK(all.after(11ms) == std::vector{1});
    CHECK_FALSE(timer.running());
    CHECK(all.after(10s).empty());
}

TEST_CASE("a timer due now or in the past fires in the next tick", "[base][timer]") {
    Recorder all;
    all.add(1).start(0ms);
    all.add(2).start(-5s);
    all.add(3).startAt(Clock::TimePoint{});
    CHECK(all.after(0ms).empty());
    CHECK(all.after(kTick) == std::vector{1, 2, 3});
}

TEST_CASE("stopping and destroying a timer keeps it from firing", "[base][timer]") {
    Recorder all;
    auto& stopped = all.add(1);
    stopped.start(1s);
    auto destroyed = std::make_unique<Timer>(all.wheel, [&all] { all.fired.push_back(2); });
    destroyed->start(1s);
    CHECK(all.wheel.size() == 2);
    stopped.stop();
    stopped.stop();
    destroyed.reset();
    CHECK(all.wheel.size() == 0);
    CHECK_FALSE(all.wheel.untilNext().has_value());
    CHECK(all.after(2s).empty());
}

TEST_CASE("a started timer that is started again fires once, at the later time", "[base][timer]") {
    Recorder all;
    auto& timer = all.add(1);
    timer.start(100ms);
    timer.start(300ms);
    CHECK(all.wheel.size() == 1);
    CHECK(all.after(200ms).empty());
    CHECK(all.after(100ms) == std::vector{1});
}

TEST_CASE("a callback may destroy its own timer and others that are due in the same tick", "[base][timer]") {
    FakeClock clock;
    TimerWheel wheel{clock};
    int fired = 0;
    std::vector<std::unique_ptr<Timer>> timers;
    for (int i = 0; i < 3; ++i) {
        timers.push_back(std::make_unique<Timer>(wheel, [&] {
            ++fired;
            timers.clear();
        }));
        timers.back()->start(50ms);
    }
    clock.advance(1s);
    CHECK(wheel.advance() == 1);
    CHECK(fired == 1);
    CHECK(wheel.size() == 0);
}

TEST_CASE("a callback may stop a timer that is due in the same tick, and start it again", "[base][timer]") {
    FakeClock clock;
    TimerWheel wheel{clock};
    int late = 0;
    Timer other{wheel, [&late] { ++late; }};
    Timer first{wheel, [&other] { other.start(1s); }};
    first.start(50ms);
    other.start(50ms);
    clock.advance(100ms);
    CHECK(wheel.advance() == 1);
    clock.advance(1s);
    CHECK(wheel.advance() == 1);
    CHECK(late == 1);
}

TEST_CASE("a timer that starts itself again in its callback fires in a later tick", "[base][timer]") {
    FakeClock clock;
    TimerWheel wheel{clock};
    std::vector<Clock::TimePoint> fired;
    std::unique_ptr<Timer> timer;
    timer = std::make_unique<Timer>(wheel, [&] {
        fired.push_back(clock.now());
        timer->start(0ms);
    });
    timer->start(10ms);
    clock.advance(10ms);
    CHECK(wheel.advance() == 1);
    CHECK(wheel.advance() == 0);
    clock.advance(10ms);
    CHECK(wheel.advance() == 1);
    CHECK(fired.size() == 2);
}

TEST_CASE("timers around the turn of each wheel fire in order and in their tick", "[base][timer]") {
    Recorder all;
    const auto offset = GENERATE(0, 1, 255, 256, 65535);
    (void)all.after(offset * kTick);
    const std::vector<int> ticks{1,     255,   256,   257,   511,      512,      65535,
                                 65536, 65537, 65791, 65792, 16777215, 16777216, 16777217};
    for (auto tick = ticks.rbegin(); tick != ticks.rend(); ++tick) all.add(*tick).start(*tick * kTick);
    int now = 0;
    for (const int tick : ticks) {
        CAPTURE(tick);
        const auto before = all.after((tick - 1 - now) * kTick);
        CHECK(before.empty());
        CHECK(all.after(kTick) == std::vector{tick});
        now = tick;
    }
}

TEST_CASE("a leap of the clock fires everything once, in the order of the ticks", "[base][timer]") {
    Recorder all;
    for (const int tick : {1'000'000, 3, 70'000, 300, 999'999, 65'536}) all.add(tick).start(tick * kTick);
    CHECK(all.after(1'000'000 * kTick) == std::vector{3, 300, 65'536, 70'000, 999'999, 1'000'000});
}

TEST_CASE("an empty stretch of any length costs nothing", "[base][timer]") {
    Recorder all;
    for (int i = 0; i < 200; ++i) {  // a year each time: tick by tick this would take minutes
        all.add(i).start(1h);
        CHECK(all.after(24h * 365).size() == 1);
    }
}

TEST_CASE("a timer beyond the last wheel waits there and fires in its tick", "[base][timer]") {
    Recorder all;
    const auto wheels = (std::int64_t{1} << 32U) * kTick;
    all.add(1).start(wheels - kTick);
    all.add(2).start(wheels);
    all.add(3).start(wheels + kTick);
    all.add(4).start(2 * wheels + 5 * kTick);
    auto& never = all.add(5);
    never.start(Clock::Duration::max());
    CHECK(all.after(wheels - 2 * kTick).empty());
    CHECK(all.after(kTick) == std::vector{1});
    CHECK(all.after(kTick) == std::vector{2});
    CHECK(all.after(kTick) == std::vector{3});
    CHECK(all.after(wheels + 3 * kTick).empty());
    CHECK(all.after(kTick) == std::vector{4});
    CHECK(never.running());
}

TEST_CASE("the loop is told how long it may sleep", "[base][timer]") {
    Recorder all;
    CHECK_FALSE(all.wheel.untilNext().has_value());
    auto& near = all.add(1);
    near.start(15ms);
    CHECK(*all.wheel.untilNext() == 20ms);  // the tick in which it fires
    near.stop();
    CHECK_FALSE(all.wheel.untilNext().has_value());
    near.start(30ms);
    all.clock.advance(5s);
    CHECK(*all.wheel.untilNext() == 0ms);
    all.wheel.advance();
    all.add(2).start(10min);
    CHECK(*all.wheel.untilNext() <= 10min);
}

TEST_CASE("following the wheel's own advice never misses a timer by more than a tick", "[base][timer]") {
    Recorder all;
    all.add(1).start(70'000 * kTick + 3ms);
    const auto due = all.clock.now() + 70'000 * kTick + 3ms;
    int wakeUps = 0;
    while (all.wheel.size() > 0) {
        all.clock.advance(*all.wheel.untilNext());
        all.wheel.advance();
        ++wakeUps;
    }
    CHECK(all.clock.now() >= due);
    CHECK(all.clock.now() < due + kTick);
    CHECK(wakeUps <= 3);
}

TEST_CASE("the wheel agrees with a list on random starts, stops and steps", "[base][timer]") {
    const auto seed = GENERATE(1U, 2U, 3U, 4U, 5U, 6U);
    std::mt19937 random{seed};
    Recorder all;
    const auto begin = all.clock.now();
    constexpr int kTimers = 200;
    std::vector<std::int64_t> dueTick(kTimers, -1);
    for (int i = 0; i < kTimers; ++i) all.add(i);
    std::int64_t now = 0;
    for (int step = 0; step < 4000; ++step) {
        const auto which = static_cast<int>(random() % kTimers);
        const auto index = static_cast<std::size_t>(which);
        const unsigned widths[] = {4, 300, 70'000, 20'000'000};
        if (random() % 4 == 0) {
            all.timers[index].stop();
            dueTick[index] = -1;
        } else {
            const std::int64_t ticks = random() % widths[random() % 4];
            all.timers[index].startAt(begin + (now + ticks) * kTick);
            dueTick[index] = std::max(now + ticks, now + 1);
        }
        if (random() % 3 != 0) continue;
        const std::int64_t leap = random() % widths[random() % 4];
        now += leap;
        auto fired = all.after(leap * kTick);
        std::vector<int> expected;
        for (int i = 0; i < kTimers; ++i) {
            const auto due = dueTick[static_cast<std::size_t>(i)];
            if (due >= 0 && due <= now) expected.push_back(i);
        }
        const auto inOrder = [&dueTick](int a, int b) {
            return dueTick[static_cast<std::size_t>(a)] < dueTick[static_cast<std::size_t>(b)];
        };
        REQUIRE(std::is_sorted(fired.begin(), fired.end(), inOrder));
        std::sort(fired.begin(), fired.end());
        REQUIRE(fired == expected);
        for (const int i : fired) dueTick[static_cast<std::size_t>(i)] = -1;
        const auto running = std::count_if(dueTick.begin(), dueTick.end(), [](auto due) { return due >= 0; });
        REQUIRE(all.wheel.size() == static_cast<std::size_t>(running));
    }
}
