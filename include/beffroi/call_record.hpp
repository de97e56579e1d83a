// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The record of one call: written when it starts, completed as it rings, is answered and ends; a failed call has one
// too. A record still open when the exchange starts belongs to a call that a crash interrupted.
#pragma once

#include "beffroi/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace beffroi {

enum class CallEnd : std::uint8_t {
    Open,
    CallerHungUp,
    CalleeHungUp,
    Refused,
    NoAnswer,
    Cancelled,
    Failed,
    Interrupted
};

/// An emergency call is one from the start, whatever becomes of it.
enum class CallKind : std::uint8_t { Ordinary, Emergency };

struct CallRecord {
    std::string id;      // ours, unique for ever
    std::string callId;  // SIP Call-ID of the caller's leg
    std::string caller;  // extension number, or the E.164 number of an outside caller; empty: withheld
    std::string callerName;
    std::string callerAccount;  // device, empty for an outside caller
    std::string dialled;        // user part of the Request-URI as dialled
    std::string answeredBy;     // extension (and device) that took it, empty if nobody did
    CallKind kind = CallKind::Ordinary;
    std::string incomingGateway{};  // by which a call from outside came
    // Of the last place that was rung: whose number it is, by whose forward, and outside by which gateway and at what
    // rate ("national", the name of a NumberClass).
    std::string destination{};
    std::string forwardedBy{};
    std::string gateway{};
    std::string numberClass{};
    std::string presented{};  // the number that the outside was shown; empty: withheld
    Clock::WallTime start;
    std::optional<Clock::WallTime> ring;
    std::optional<Clock::WallTime> answer;
    std::optional<Clock::WallTime> end;
    CallEnd cause = CallEnd::Open;
    std::uint16_t status = 0;  // final SIP status of the INVITE, 0 while there is none
};

class CallRecordStore {
public:
    virtual ~CallRecordStore() = default;
    /// Thread: loop; never waits. Inserts the record or replaces the one with its id. Records are written in order.
    virtual void write(const CallRecord& record) = 0;
};

}  // namespace beffroi
