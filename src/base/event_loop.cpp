// SPDX-License-Identifier: AGPL-3.0-or-later
//
// epoll for descriptors, an eventfd for wake-ups from other threads.

#include "base/event_loop.hpp"

#include "base/assert.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <tuple>
#include <utility>

namespace beffroi::base {
namespace {

constexpr std::size_t kEventsPerTurn = 256;
constexpr Clock::Duration kLongestWait = 10s;

std::uint32_t toEpoll(Ready interest) noexcept {
    std::uint32_t events = 0;
    if (has(interest, Ready::Read)) events |= EPOLLIN | EPOLLRDHUP;
    if (has(interest, Ready::Write)) events |= EPOLLOUT;
    return events;
}

Ready fromEpoll(std::uint32_t events) noexcept {
    std::uint8_t ready = 0;
    if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP)) != 0) ready |= static_cast<std::uint8_t>(Ready::Read);
    if ((events & EPOLLOUT) != 0) ready |= static_cast<std::uint8_t>(Ready::Write);
    if ((events & (EPOLLERR | EPOLLHUP)) != 0) ready |= static_cast<std::uint8_t>(Ready::Error);
    return static_cast<Ready>(ready);
}

}  // namespace

// What epoll points at. It outlives its handle until the events at hand are served, so that a callback may destroy the
// handle it was called through, and so that no stale event meets another object at the same address.
class EventLoop::Source {
public:
    Source(int epoll, int descriptor, Ready interest, std::function<void(Ready)> onReady)
        : epoll_{epoll}, descriptor_{descriptor}, onReady_{std::move(onReady)} {
        control(EPOLL_CTL_ADD, interest);
    }
    void control(int operation, Ready interest) {
        epoll_event event{};
        event.events = toEpoll(interest);
        event.data.ptr = this;
        if (epoll_ctl(epoll_, operation, descriptor_, &event) != 0) {
            throw std::system_error{errno, std::system_category(), "cannot watch a descriptor"};
        }
    }
    void retire() noexcept {
        epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor_, nullptr);
        retired_ = true;
    }
    void serve(std::uint32_t events) const {
        if (!retired_) onReady_(fromEpoll(events));
    }

private:
    int epoll_;
    int descriptor_;
    bool retired_ = false;
    std::function<void(Ready)> onReady_;
};

class EventLoop::Watcher final : public EventLoop::Watch {
public:
    Watcher(EventLoop& loop, std::unique_ptr<Source> source) : loop_{loop}, source_{std::move(source)} {}
    ~Watcher() override {
        source_->retire();
        if (loop_.dispatching_) loop_.retired_.push_back(std::move(source_));
    }
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;
    void want(Ready interest) override { source_->control(EPOLL_CTL_MOD, interest); }

private:
    EventLoop& loop_;
    std::unique_ptr<Source> source_;
};

EventLoop::EventLoop(const Clock& clock) : clock_{clock}, timers_{clock} {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0) throw std::system_error{errno, std::system_category(), "event loop"};
    wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = nullptr;
    if (wake_ < 0 || epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event) != 0) {
        const int reason = errno;
        if (wake_ >= 0) close(wake_);
        close(epoll_);
        throw std::system_error{reason, std::system_category(), "event loop"};
    }
}

EventLoop::~EventLoop() {
    std::ignore = takePosted();  // destroyed without being run, while the timers that they may own have their wheel
    hooks_.clear();
    close(wake_);
    close(epoll_);
}

void EventLoop::run() {
    becomeLoopThread();
    while (!stopping_.load(std::memory_order_acquire)) turn(kLongestWait);
    stopping_.store(false, std::memory_order_release);
}

void EventLoop::turn(Clock::Duration limit) {
    assertOnLoop();
    if (const auto next = timers_.untilNext()) limit = std::min(limit, *next);
    dispatch(std::clamp<Clock::Duration>(limit, Clock::Duration::zero(), kLongestWait));
    timers_.advance();
    runPosted();
    for (std::size_t i = 0; i < hooks_.size(); ++i) hooks_[i]();
    load_.busy += clock_.now() - turnBegan_;
    ++load_.turns;
}

void EventLoop::dispatch(Clock::Duration wait) {
    BEFFROI_ASSERT(!dispatching_);
    std::array<epoll_event, kEventsPerTurn> events;
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
    const int ready =
        epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), static_cast<int>(milliseconds));
    BEFFROI_ASSERT(ready >= 0 || errno == EINTR);
    turnBegan_ = clock_.now();
    dispatching_ = true;
    for (std::size_t i = 0; ready > 0 && i < static_cast<std::size_t>(ready); ++i) {
        if (const auto* source = static_cast<const Source*>(events[i].data.ptr)) {
            source->serve(events[i].events);
        } else {
            std::uint64_t count = 0;
            [[maybe_unused]] const auto got = read(wake_, &count, sizeof count);
        }
    }
    dispatching_ = false;
    const auto retired = std::exchange(retired_, {});  // handles that die with them find dispatching_ false
}

void EventLoop::stop() noexcept {
    stopping_.store(true, std::memory_order_release);
    wake();
}

// Fails only if the counter is full, and then the loop is awake anyway.
void EventLoop::wake() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
}

void EventLoop::post(std::function<void()> task) {
    bool first = false;
    {
        const MutexLock lock{postedMutex_};
        first = posted_.empty();
        posted_.push_back(std::move(task));
    }
    if (first) wake();
}

void EventLoop::runPosted() {
    for (auto& task : takePosted()) {
        task();
        task = nullptr;  // what it owns dies before the next task runs
    }
}

std::vector<std::function<void()>> EventLoop::takePosted() {
    const MutexLock lock{postedMutex_};
    return std::exchange(posted_, {});
}

std::unique_ptr<EventLoop::Watch> EventLoop::watch(int descriptor, Ready interest, std::function<void(Ready)> onReady) {
    return std::make_unique<Watcher>(*this, std::make_unique<Source>(epoll_, descriptor, interest, std::move(onReady)));
}

void EventLoop::atEndOfTurn(std::function<void()> hook) { hooks_.push_back(std::move(hook)); }

}  // namespace beffroi::base
