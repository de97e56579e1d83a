// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The bridge put together: media threads, services, user agent and control socket, and how they start and end.
// Thread: loop (the thread that constructs and runs it).
#pragma once

#include "app/bridge_control.hpp"
#include "base/event_loop.hpp"
#include "base/random.hpp"
#include "base/system_clock.hpp"
#include "bridge/channel_source.hpp"
#include "bridge/media_thread.hpp"
#include "bridge/user_agent.hpp"
#include "config/settings.hpp"
#include "services/announcement_service.hpp"
#include "services/echo_service.hpp"
#include "services/prompt_shelf.hpp"
#include "services/room_service.hpp"
#include "services/service_desk.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace beffroi::app {

class Bridge {
public:
    /// Throws what says why it cannot start: config::ConfigError, std::system_error.
    Bridge(base::EventLoop& loop, base::SystemClock& clock, const config::Settings& settings);
    ~Bridge();
    Bridge(const Bridge&) = delete;
    Bridge& operator=(const Bridge&) = delete;

    /// No new call, a BYE in those that there are; `done` is called once these have had the time to be answered.
    void drain(std::function<void()> done) BEFFROI_ON_LOOP;

private:
    void watchMedia() BEFFROI_ON_LOOP;

    base::Random random_;
    bridge::MediaEngine engine_;
    bridge::ChannelSource channels_;
    services::LineParts lineParts_;
    services::PromptShelf prompts_;
    services::RoomService rooms_;
    services::EchoService echo_;
    services::AnnouncementService announcements_;
    services::ServiceDesk desk_;
    bridge::UserAgent userAgent_;
    BridgeControl control_;
    std::vector<std::uint64_t> ticks_;  // of the media threads, when last looked at
    std::vector<int> standing_;         // how often they have been found unchanged since
    Timer mediaWatch_;
    Timer drainTimer_;
    std::function<void()> onDrained_;
};

}  // namespace beffroi::app
