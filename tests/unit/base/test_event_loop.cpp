// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Real pipes and threads, a clock that stands still: the loop is turned by hand, except where run() is what is tested.

#include "base/event_loop.hpp"

#include "base/system_clock.hpp"
#include "support/fake_clock.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

using namespace beffroi;
using base::EventLoop;
using base::has;
using base::Ready;
using test::FakeClock;

namespace {

class Pipe {
public:
    Pipe() { REQUIRE(pipe2(ends_.data(), O_NONBLOCK | O_CLOEXEC) == 0); }
    ~Pipe() {
        closeWriter();
        close(ends_[0]);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    [[nodiscard]] int reader() const { return ends_[0]; }
    [[nodiscard]] int writer() const { return ends_[1]; }
    void put(char octet = 'x') const { REQUIRE(write(ends_[1], &octet, 1) == 1); }
    [[nodiscard]] char get() const {
        char octet = 0;
        REQUIRE(read(ends_[0], &octet, 1) == 1);
        return octet;
    }
    void closeWriter() {
        if (ends_[1] >= 0) close(ends_[1]);
        ends_[1] = -1;
    }

private:
    std::array<int, 2> ends_{};
};

// The loop of a test: the thread of the test is the loop thread.
struct Turning {
    Turning() { becomeLoopThread(); }
    FakeClock clock;
    EventLoop loop{clock};
    void turn() { loop.turn(0ms); }
};

}  // namespace

TEST_CASE("a readable descriptor is reported until it is read", "[base][loop]") {
    Turning on;
    Pipe pipe;
    int reports = 0;
    const auto watch = on.loop.watch(pipe.reader(), Ready::Read, [&](Ready ready) {
        CHECK(has(ready, Ready::Read));
        ++reports;
    });
    on.turn();
    CHECK(reports == 0);
    pipe.put();
    on.turn();
    on.turn();
    CHECK(reports == 2);
    CHECK(pipe.get() == 'x');
    on.turn();
    CHECK(reports == 2);
}

TEST_CASE("writing is reported only while it is wanted", "[base][loop]") {
    Turning on;
    Pipe pipe;
    int reports = 0;
    const auto watch = on.loop.watch(pipe.writer(), Ready::Write, [&reports](Ready ready) {
        CHECK(has(ready, Ready::Write));
        ++reports;
    });
    on.turn();
    CHECK(reports == 1);
    watch->want(Ready{});
    on.turn();
    CHECK(reports == 1);
    watch->want(Ready::Write);
    on.turn();
    CHECK(reports == 2);
}

TEST_CASE("the other end hanging up is an error and something to read", "[base][loop]") {
    Turning on;
    Pipe pipe;
    std::optional<Ready> seen;
    const auto watch = on.loop.watch(pipe.reader(), Ready::Read, [&seen](Ready ready) { seen = ready; });
    pipe.closeWriter();
    on.turn();
    REQUIRE(seen.has_value());
    CHECK(has(*seen, Ready::Read));
    CHECK(has(*seen, Ready::Error));
}

TEST_CASE("a descriptor whose handle is gone is not reported, even in the same turn", "[base][loop]") {
    Turning on;
    Pipe first;
    Pipe second;
    int reports = 0;
    std::unique_ptr<EventLoop::Watch> firstWatch;
    std::unique_ptr<EventLoop::Watch> secondWatch;
    const auto dropBoth = [&](Ready) {
        ++reports;
        firstWatch.reset();
        secondWatch.reset();
    };
    firstWatch = on.loop.watch(first.reader(), Ready::Read, dropBoth);
    secondWatch = on.loop.watch(second.reader(), Ready::Read, dropBoth);
    first.put();
    second.put();
    on.turn();
    CHECK(reports == 1);
    on.turn();
    CHECK(reports == 1);
}

TEST_CASE("a callback that destroys its own handle may go on using what it captured", "[base][loop]") {
    Turning on;
    Pipe pipe;
    std::unique_ptr<EventLoop::Watch> watch;
    std::string heard;
    const std::string captured(100, 'c');
    const auto owned = std::make_shared<int>(0);
    watch = on.loop.watch(pipe.reader(), Ready::Read, [&watch, &heard, captured, owned](Ready) {
        watch.reset();
        heard = captured;
    });
    pipe.put();
    on.turn();
    CHECK(heard == captured);
    CHECK(owned.use_count() == 1);  // nothing of the callback is left after the turn
}

TEST_CASE("a handle made by a callback in place of another does not inherit its event", "[base][loop]") {
    Turning on;
    Pipe first;
    Pipe second;
    Pipe quiet;
    int wrong = 0;
    std::unique_ptr<EventLoop::Watch> watches[2];
    std::unique_ptr<EventLoop::Watch> fresh;
    const auto replace = [&](Ready) {
        watches[0].reset();
        watches[1].reset();
        fresh = on.loop.watch(quiet.reader(), Ready::Read, [&wrong](Ready) { ++wrong; });
    };
    watches[0] = on.loop.watch(first.reader(), Ready::Read, replace);
    watches[1] = on.loop.watch(second.reader(), Ready::Read, replace);
    first.put();
    second.put();
    on.turn();
    on.turn();
    CHECK(wrong == 0);
}

TEST_CASE("a descriptor that cannot be watched is refused with the kernel's reason", "[base][loop]") {
    Turning on;
    CHECK_THROWS_AS(on.loop.watch(-1, Ready::Read, [](Ready) {}), std::system_error);
}

TEST_CASE("a turn serves descriptors, then timers, then posted tasks, then the hooks", "[base][loop]") {
    Turning on;
    Pipe pipe;
    std::string order;
    const auto watch = on.loop.watch(pipe.reader(), Ready::Read, [&](Ready) { order += pipe.get(); });
    on.loop.atEndOfTurn([&order] { order += '1'; });
    on.loop.atEndOfTurn([&order] { order += '2'; });
    on.loop.post([&order] { order += 'p'; });
    Timer timer{on.loop.scheduler(), [&order] { order += 't'; }};
    timer.start(10ms);
    on.clock.advance(10ms);
    pipe.put('d');
    on.turn();
    CHECK(order == "dtp12");
    on.turn();
    CHECK(order == "dtp1212");
    CHECK(on.loop.load().turns == 2);
}

TEST_CASE("tasks run in the order they were posted; one posted by a task runs in the next turn", "[base][loop]") {
    Turning on;
    std::string order;
    on.loop.post([&] {
        order += 'a';
        on.loop.post([&order] { order += 'c'; });
    });
    on.loop.post([&order] { order += 'b'; });
    on.turn();
    CHECK(order == "ab");
    on.loop.turn(1h);  // does not sleep: a task waits
    CHECK(order == "abc");
}

TEST_CASE("a task that still waits when the loop ends is destroyed without being run", "[base][loop]") {
    becomeLoopThread();
    const auto owned = std::make_shared<int>(0);
    bool ran = false;
    {
        const FakeClock clock;
        EventLoop loop{clock};
        const auto timer = std::make_shared<Timer>(loop.scheduler(), [] {});
        timer->start(1s);
        loop.post([owned, timer, &ran] { ran = true; });
    }
    CHECK_FALSE(ran);
    CHECK(owned.use_count() == 1);
}

TEST_CASE("posts of several threads wake the loop and none is lost", "[base][loop]") {
    const base::SystemClock clock;
    EventLoop loop{clock};
    constexpr int kThreads = 4;
    constexpr int kPosts = 5000;
    std::array<std::vector<int>, kThreads> seen;
    int left = kThreads * kPosts;
    std::vector<std::thread> posters;
    for (std::size_t thread = 0; thread < kThreads; ++thread) {
        posters.emplace_back([&, thread] {
            for (int i = 0; i < kPosts; ++i) {
                loop.post([&, thread, i] {
                    assertOnLoop();
                    seen[thread].push_back(i);
                    if (--left == 0) loop.stop();
                });
            }
        });
    }
    loop.run();
    for (auto& poster : posters) poster.join();
    CHECK(left == 0);
    for (const auto& order : seen) CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("run() sleeps until a timer is due", "[base][loop]") {
    const base::SystemClock clock;
    EventLoop loop{clock};
    const auto begin = clock.now();
    Timer timer{loop.scheduler(), [&loop] { loop.stop(); }};
    timer.start(30ms);
    loop.run();
    CHECK(clock.now() - begin >= 30ms);
    CHECK(loop.load().turns <= 4);  // it slept, it did not spin
    CHECK(loop.load().busy < clock.now() - begin);
}

TEST_CASE("stop() from another thread ends run(), also before it began", "[base][loop]") {
    const base::SystemClock clock;
    EventLoop loop{clock};
    std::thread stopper{[&loop] { loop.stop(); }};
    loop.run();
    stopper.join();
    loop.stop();
    loop.run();
    CHECK(loop.load().turns <= 1);
}

TEST_CASE("a signal that interrupts the wait does no harm", "[base][loop]") {
    const base::SystemClock clock;
    EventLoop loop{clock};
    struct sigaction action {};
    struct sigaction previous {};
    action.sa_handler = [](int) {};
    REQUIRE(sigaction(SIGUSR1, &action, &previous) == 0);
    const auto self = pthread_self();
    std::atomic<bool> done{false};
    std::thread sender{[&] {
        for (int i = 0; i < 100; ++i) pthread_kill(self, SIGUSR1);
        done = true;
        loop.stop();
    }};
    loop.run();
    sender.join();
    CHECK(done);
    sigaction(SIGUSR1, &previous, nullptr);
}
