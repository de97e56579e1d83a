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
    std::string gateway{};       // id of the gateway that a call from outside came by
    std::string callerNumber{};  // E.164 of a caller from outside; empty: withheld, or unknown
    std::string payer{};         // extension that answers for the call, if not the caller: who transfers or forwards it
    bool byPin = false;          // the caller's person has given the right PIN for this call
};

/// Every phone that is registered for this extension, and those at which its person has logged in.
struct RingExtension {
    std::string number;
    friend bool operator==(const RingExtension&, const RingExtension&) = default;
};

enum class Service : std::uint8_t { Room, Echo, Announcement };

/// A service of the bridge.
struct CallService {
    Service service = Service::Room;
    std::string number;
    std::uint32_t maximumMembers = 0;  // 0: no limit of its own
    std::string announcement{};        // names of what is said, separated by '+': "closed+next-opening"
    friend bool operator==(const CallService&, const CallService&) = default;
};

/// A number outside, by a gateway.
struct DialOutside {
    std::string number;     // E.164 with '+', or as it is dialled if it is none: "15", "3949"
    std::string gateway;    // id
    std::string presented;  // E.164 of who calls; empty: withheld
    bool emergency = false;
    friend bool operator==(const DialOutside&, const DialOutside&) = default;
};

using RouteTarget = std::variant<RingExtension, CallService, DialOutside>;

/// Why a call went on from somebody's number (RFC 7044 §10.1, RFC 5806 §5).
enum class DiversionReason : std::uint8_t {
    Unconditional,
    UserBusy,
    NoAnswer,
    Unreachable,
    TimeOfDay,
    DoNotDisturb,
    Group
};

struct Diversion {
    std::string number;  // that was called and did not take the call
    DiversionReason reason = DiversionReason::Unconditional;
    friend bool operator==(const Diversion&, const Diversion&) = default;
};

struct RouteStage {
    static constexpr std::size_t kEnd = static_cast<std::size_t>(-1);  // the caller gets the best of the answers

    std::vector<RouteTarget> targets;
    std::chrono::seconds timeout{0};  // how long to wait for an answer before the next stage; 0: as long as it rings
    // Which stage follows, always a later one, if nobody took the call here: all were busy, nobody answered in time
    // (or they refused), nobody could be reached. Of several targets the best counts: no answer, then busy.
    std::size_t ifBusy = kEnd;
    std::size_t ifNoAnswer = kEnd;
    std::size_t ifUnreachable = kEnd;
    std::vector<Diversion> diversions{};  // on the way here, the first that was called first
    bool shared = false;  // for one of several: a phone that stops ringing has not missed a call (RFC 3326)
};

struct RouteRefusal {
    std::uint16_t status = 404;
    std::string reason;
    std::string announcement{};  // said to a telephone instead of a bare status, as in CallService; empty: none
};

/// What a feature code asks for; done by the exchange, then confirmed by an announcement.
struct FeatureRequest {
    std::string function;  // one of feature_functions.hpp
    enum class Verb : std::uint8_t { Set, Clear, Toggle, Query } verb = Verb::Set;
    std::string extension;          // whose
    std::string argument{};         // a number as it was dialled, or what feature_functions.hpp says
    std::chrono::seconds after{0};  // of a forward without an answer; 0: not said
    friend bool operator==(const FeatureRequest&, const FeatureRequest&) = default;
};

/// One rule that was asked, in words, with what it stands for in the plan.
struct RouteReason {
    std::string text;
    std::string entry{};   // "extension 2101", "hours accueil"; empty: a rule of the exchange itself
    std::string key{};     // "forward-busy"
    bool decided = false;  // the call's way follows from it
    friend bool operator==(const RouteReason&, const RouteReason&) = default;
};

struct RoutePlan {
    std::vector<RouteStage> stages;         // tried from the first on, as each says what follows
    std::optional<RouteRefusal> refusal;    // set if and only if there is neither a stage nor a feature
    std::optional<FeatureRequest> feature;  // set: there are no stages
    std::vector<RouteReason> reasons;       // the rules considered, in order
    bool emergency = false;                 // an emergency call: recorded and told as one
    std::string notify{};                   // extension that is told of an emergency call
    bool withheld = false;                  // the caller dialled a code that hides its number in this call
};

}  // namespace beffroi
