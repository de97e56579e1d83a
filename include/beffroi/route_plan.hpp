// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The way of a call, as decided by routing before anything is sent: stages that are tried one after the other, each of
// them ringing its targets together; or a refusal. Every rule that was considered leaves a line, so that a route can
// be explained before it is dialled.
// Thread: any; values.
#pragma once

#include "beffroi/clock.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace beffroi {

/// What is known of a call when its way is decided.
struct CallAttempt {
    std::string caller;         // extension number of the caller; empty for a caller from outside
    std::string callerAccount;  // device that calls; empty likewise
    std::string dialled;        // user part of the Request-URI, unescaped
    Clock::WallTime at;
};

/// Every phone that is registered for this extension.
struct RingExtension {
    std::string number;
    friend bool operator==(const RingExtension&, const RingExtension&) = default;
};

enum class Service : std::uint8_t { Room, Echo };

/// A service of the bridge.
struct CallService {
    Service service = Service::Room;
    std::string number;
    std::uint32_t maximumMembers = 0;  // 0: no limit of its own
    friend bool operator==(const CallService&, const CallService&) = default;
};

using RouteTarget = std::variant<RingExtension, CallService>;

struct RouteStage {
    std::vector<RouteTarget> targets;
    std::chrono::seconds timeout{0};  // how long to wait for an answer before the next stage; 0: as long as it rings
};

struct RouteRefusal {
    std::uint16_t status = 404;
    std::string reason;
};

struct RoutePlan {
    std::vector<RouteStage> stages;
    std::optional<RouteRefusal> refusal;  // set if and only if there is no stage
    std::vector<std::string> reasons;     // the rules considered, in order, in words
};

}  // namespace beffroi
