// SPDX-License-Identifier: AGPL-3.0-or-later
//
// States are kept by descriptor number in a table that never moves: a descriptor that is closed and used again at worst
// costs one read that finds nothing.

#include "bridge/socket_readiness.hpp"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace beffroi::bridge {
namespace {

constexpr rlim_t kMostDescriptors = 65536;
constexpr std::size_t kBatch = 512;

std::size_t descriptorLimit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return kMostDescriptors;
    return static_cast<std::size_t>(std::min(limit.rlim_cur, kMostDescriptors));
}

}  // namespace

SocketReadiness::SocketReadiness(const Clock& clock)
    : clock_{clock}, epoll_{epoll_create1(EPOLL_CLOEXEC)}, states_(descriptorLimit()), now_{clock.now()} {
    if (epoll_ < 0) throw std::system_error{errno, std::generic_category(), "epoll for media"};
}

SocketReadiness::~SocketReadiness() { close(epoll_); }

bool SocketReadiness::add(int descriptor) {
    if (descriptor < 0 || static_cast<std::size_t>(descriptor) >= states_.size()) return false;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    return epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void SocketReadiness::remove(int descriptor) noexcept { epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr); }

void SocketReadiness::poll() noexcept {
    now_.store(clock_.now(), std::memory_order_relaxed);
    const auto tick = ticks_.fetch_add(1, std::memory_order_relaxed) + 1;
    std::array<epoll_event, kBatch> events;
    // Level-triggered epoll rotates its list: what did not fit into one batch is first in the next.
    for (std::size_t seen = 0; seen < states_.size(); seen += kBatch) {
        const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 0);
        for (int i = 0; i < count; ++i) {
            auto& state = states_[static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.fd)];
            if (state.readyAt == tick) return;  // round the list
            state.grant = state.readyAt + 1 == tick ? Grant::UntilEmpty : Grant::Once;
            state.readyAt = tick;
        }
        if (count < static_cast<int>(kBatch)) return;
    }
}

bool SocketReadiness::mayRead(int descriptor) noexcept {
    auto& state = states_[static_cast<std::size_t>(descriptor)];
    if (state.grant == Grant::None) return false;
    if (state.grant == Grant::Once) state.grant = Grant::None;
    return true;
}

void SocketReadiness::foundEmpty(int descriptor) noexcept {
    states_[static_cast<std::size_t>(descriptor)].grant = Grant::None;
}

}  // namespace beffroi::bridge
