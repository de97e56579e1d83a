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

struct CallRecord {
    std::string id;      // ours, unique for ever
    std::string callId;  // SIP Call-ID of the caller's leg
    std::string caller;  // extension number, or the From user of an outside caller
    std::string callerName;
    std::string callerAccount;  // device, empty for an outside caller
    std::string dialled;        // user part of the Request-URI as dialled
    std::string answeredBy;     // extension (and device) that took it, empty if nobody did
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
