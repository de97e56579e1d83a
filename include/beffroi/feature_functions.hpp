// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a feature code can ask for, by the names that a plan's `code` entries and FeatureRequest::function use. Routing
// reads the code, the exchange does what it says; docs/routing.md lists the codes.
// Thread: any; values.
#pragma once

#include <array>
#include <string_view>

namespace beffroi::functions {

// Of the caller's own extension. The argument of the first four is where its calls go, as it was dialled; routing has
// judged it already.
inline constexpr std::string_view kForwardAlways = "forward-always";
inline constexpr std::string_view kForwardBusy = "forward-busy";
inline constexpr std::string_view kForwardNoAnswer = "forward-no-answer";
inline constexpr std::string_view kForwardUnreachable = "forward-unreachable";
inline constexpr std::string_view kForwards = "forwards";  // all of them: Clear only
inline constexpr std::string_view kDoNotDisturb = "do-not-disturb";
inline constexpr std::string_view kCallWaiting = "call-waiting";
inline constexpr std::string_view kGroup = "group";    // Toggle whether it is rung; argument: the group's number
inline constexpr std::string_view kStatus = "status";  // Query: what is set for it

// Night service: closes or opens what is open or closed by its hours; argument: the department's id.
inline constexpr std::string_view kHours = "hours";

// With a PIN, which is never shown: not in a log, not in a call record. Argument: "2101*1234" to log in at the
// telephone that calls (Set; nothing to log out, Clear), and "1234*0612345678" for a call, which is routed again with
// CallAttempt::byPin once the PIN has proven right.
inline constexpr std::string_view kHotDesk = "hot-desk";
inline constexpr std::string_view kCallByPin = "call-by-pin";

// Done by routing itself: such a code leads to a stage, never to a FeatureRequest.
inline constexpr std::string_view kHideNumber = "hide-number";
inline constexpr std::string_view kEchoTest = "echo-test";

// In a plan: the code is nobody's, and free for an extension.
inline constexpr std::string_view kOff = "off";

inline constexpr std::array kAll{kForwardAlways,
                                 kForwardBusy,
                                 kForwardNoAnswer,
                                 kForwardUnreachable,
                                 kForwards,
                                 kDoNotDisturb,
                                 kCallWaiting,
                                 kGroup,
                                 kStatus,
                                 kHours,
                                 kHotDesk,
                                 kCallByPin,
                                 kHideNumber,
                                 kEchoTest,
                                 kOff};

}  // namespace beffroi::functions
