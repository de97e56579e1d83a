// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Which RTP sockets have something to read, found out once in every 10 ms. oRTP on its own asks every socket several
// times a tick, which was the largest part of a room's cost; here one epoll_wait answers for all of them.
// Thread: add() and remove() from the loop; poll() and mayRead() from the media thread.
#pragma once

#include "beffroi/clock.hpp"

#include <atomic>
#include <cstdint>
#include <vector>

namespace beffroi::bridge {

class SocketReadiness {
public:
    /// Throws std::system_error if the kernel gives no epoll.
    explicit SocketReadiness(const Clock& clock);
    ~SocketReadiness();
    SocketReadiness(const SocketReadiness&) = delete;
    SocketReadiness& operator=(const SocketReadiness&) = delete;

    /// False if the descriptor cannot be watched.
    [[nodiscard]] bool add(int descriptor);
    void remove(int descriptor) noexcept;

    void poll() noexcept;

    /// Whether a read is worth trying now. A socket that was ready in two ticks running has a backlog and may be read
    /// until it is empty; otherwise one read is granted for each tick in which it was ready.
    [[nodiscard]] bool mayRead(int descriptor) noexcept;
    void foundEmpty(int descriptor) noexcept;
    /// Whether mayRead() would say so.
    [[nodiscard]] bool isReady(int descriptor) const noexcept {
        return states_[static_cast<std::size_t>(descriptor)].grant != Grant::None;
    }

    /// The time of the last poll(). Any thread: channels are configured on the loop.
    [[nodiscard]] Clock::TimePoint now() const noexcept { return now_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t ticks() const noexcept { return ticks_.load(std::memory_order_relaxed); }

private:
    enum class Grant : std::uint8_t { None, Once, UntilEmpty };
    struct State {
        Grant grant = Grant::None;
        std::uint64_t readyAt = 0;  // tick
    };

    const Clock& clock_;
    int epoll_ = -1;
    std::vector<State> states_;  // by descriptor
    std::atomic<Clock::TimePoint> now_;
    std::atomic<std::uint64_t> ticks_{1};
};

}  // namespace beffroi::bridge
