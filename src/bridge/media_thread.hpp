// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A thread that runs graphs of filters every 10 ms (a ticker of mediastreamer2), and the engine that owns all of them.
// Filters that live here poll the sockets first in each tick.
// Thread: loop, unless said otherwise.
#pragma once

#include "beffroi/clock.hpp"
#include "beffroi/thread_roles.hpp"
#include "bridge/mediastreamer.hpp"
#include "bridge/socket_readiness.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace beffroi::bridge {

class MediaThread {
public:
    MediaThread(MSFactory* factory, const Clock& clock, const std::string& name);
    ~MediaThread();
    MediaThread(const MediaThread&) = delete;
    MediaThread& operator=(const MediaThread&) = delete;

    [[nodiscard]] MSFactory* factory() const noexcept { return factory_; }
    [[nodiscard]] MSTicker* ticker() const noexcept { return ticker_.get(); }
    [[nodiscard]] SocketReadiness& readiness() noexcept { return readiness_; }

    /// Percent of its time that it is busy, averaged over seconds.
    [[nodiscard]] float load() const;
    /// Ticks since the start: a thread whose count stands still is stuck.
    [[nodiscard]] std::uint64_t ticks() const noexcept { return readiness_.ticks(); }

private:
    MSFactory* factory_;
    SocketReadiness readiness_;
    TickerRef ticker_;
    FilterRef poller_;
};

struct MediaEngineSettings {
    std::size_t threads = 2;
    int opusComplexity = 5;
};

class MediaEngine {
public:
    MediaEngine(const Clock& clock, const MediaEngineSettings& settings);
    ~MediaEngine();
    MediaEngine(const MediaEngine&) = delete;
    MediaEngine& operator=(const MediaEngine&) = delete;

    /// The thread with the least load, for a new room.
    [[nodiscard]] MediaThread& idlest() BEFFROI_ON_LOOP;
    [[nodiscard]] const std::vector<std::unique_ptr<MediaThread>>& threads() const noexcept { return threads_; }

private:
    FactoryRef factory_;
    std::vector<std::unique_ptr<MediaThread>> threads_;
    std::size_t next_ = 0;
};

/// The load from which a thread takes no further members: a ticker that falls behind does not shed load, it is late.
inline constexpr float kFullLoad = 85.0F;

}  // namespace beffroi::bridge
