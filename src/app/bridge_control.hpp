// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an administrator can ask the running bridge, each request and answer a JSON object:
//   {"command":"status"} · {"command":"rooms"}
// An answer has "error" if and only if nothing was done.
// Thread: loop, but for the socket's own thread inside admin/.
#pragma once

#include "admin/control_server.hpp"
#include "base/event_loop.hpp"
#include "bridge/media_thread.hpp"
#include "bridge/user_agent.hpp"
#include "services/room_service.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace beffroi::app {

class BridgeControl {
public:
    struct Parts {
        base::EventLoop& loop;
        const Clock& clock;
        bridge::MediaEngine& engine;
        services::RoomService& rooms;
        bridge::UserAgent& userAgent;
    };

    /// Throws std::system_error if the socket cannot be opened.
    BridgeControl(const std::string& socket, const Parts& parts);

private:
    [[nodiscard]] nlohmann::json answer(const nlohmann::json& request) const BEFFROI_ON_LOOP;
    [[nodiscard]] nlohmann::json status() const BEFFROI_ON_LOOP;
    [[nodiscard]] nlohmann::json rooms() const BEFFROI_ON_LOOP;

    Parts parts_;
    Clock::TimePoint started_;
    admin::ControlServer server_;  // its thread uses all of the above
};

}  // namespace beffroi::app
