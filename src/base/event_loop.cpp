// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/event_loop.hpp"

#include "base/assert.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace beffroi::base {
namespace {

constexpr std::size_t kEventsPerTurn = 256;

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

class EventLoop::Watcher final : public EventLoop::Watch {
public:
    Watcher(EventLoop& loop, int descriptor, Ready interest, std::function<void(Ready)> onReady)
        : loop_{loop}, descriptor_{descriptor}, onReady_{std::move(onReady)} {
        control(EPOLL_CTL_ADD, interest);
    }
    ~Watcher() override {
        epoll_ctl(loop_.epoll_, EPOLL_CTL_DEL, descriptor_, nullptr);
        loop_.removed_.push_back(this);
    }
    void want(Ready interest) override { control(EPOLL_CTL_MOD, interest); }
    void onReady(Ready ready) const {
        const auto callback = onReady_;  // it may destroy this watcher
        callback(ready);
    }

private:
    void control(int operation, Ready interest) {
        epoll_event event{};
        event.events = toEpoll(interest);
        event.data.ptr = this;
        if (epoll_ctl(loop_.epoll_, operation, descriptor_, &event) != 0) {
            throw std::system_error{errno, std::system_category(), "epoll_ctl"};
        }
    }
    EventLoop& loop_;
    int descriptor_;
    std::function<void(Ready)> onReady_;
};

EventLoop::EventLoop(const Clock& clock) : clock_{clock}, timers_{clock} {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (epoll_ < 0 || wake_ < 0) throw std::system_error{errno, std::system_category(), "event loop"};
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = nullptr;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event) != 0) {
        throw std::system_error{errno, std::system_category(), "event loop"};
    }
}

EventLoop::~EventLoop() {
    close(wake_);
    close(epoll_);
}

void EventLoop::run() {
    becomeLoopThread();
    while (!stopping_.load(std::memory_order_acquire)) turn(std::chrono::seconds{10});
    stopping_.store(false, std::memory_order_release);
}

void EventLoop::turn(Clock::Duration limit) {
    if (const auto next = timers_.untilNext()) limit = std::min(limit, *next);
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(std::max(limit, Clock::Duration::zero()));
    std::array<epoll_event, kEventsPerTurn> events;
    const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), static_cast<int>(wait.count()));
    BEFFROI_ASSERT(ready >= 0 || errno == EINTR);
    const auto begin = clock_.now();
    removed_.clear();
    for (int i = 0; i < ready; ++i) {
        auto* watcher = static_cast<Watcher*>(events[static_cast<std::size_t>(i)].data.ptr);
        if (watcher == nullptr) {
            std::uint64_t count = 0;
            [[maybe_unused]] const auto got = read(wake_, &count, sizeof count);
        } else if (std::find(removed_.begin(), removed_.end(), watcher) == removed_.end()) {
            watcher->onReady(fromEpoll(events[static_cast<std::size_t>(i)].events));
        }
    }
    timers_.advance();
    runPosted();
    for (const auto& hook : hooks_) hook();
    load_.busy += clock_.now() - begin;
    ++load_.turns;
}

void EventLoop::stop() noexcept {
    stopping_.store(true, std::memory_order_release);
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
}

void EventLoop::post(std::function<void()> task) {
    bool wake = false;
    {
        const std::lock_guard lock{postedMutex_};
        wake = posted_.empty();
        posted_.push_back(std::move(task));
    }
    if (!wake) return;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
}

void EventLoop::runPosted() {
    std::vector<std::function<void()>> tasks;
    {
        const std::lock_guard lock{postedMutex_};
        tasks.swap(posted_);
    }
    for (const auto& task : tasks) task();
}

std::unique_ptr<EventLoop::Watch> EventLoop::watch(int descriptor, Ready interest,
                                                   std::function<void(Ready)> onReady) {
    return std::make_unique<Watcher>(*this, descriptor, interest, std::move(onReady));
}

void EventLoop::atEndOfTurn(std::function<void()> hook) { hooks_.push_back(std::move(hook)); }

}  // namespace beffroi::base
