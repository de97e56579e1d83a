// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The system's time zones, as values. date/tz.h is behind it and in no other file.
// Thread: any. Reads files below /usr/share/zoneinfo and takes a lock: when a plan is read, never on the loop.
#pragma once

#include "beffroi/time_zone.hpp"

#include <optional>
#include <string_view>

namespace beffroi::calendar {

/// Nothing if the system has no zone of this IANA name ("Europe/Paris"), or cannot read it.
[[nodiscard]] std::optional<TimeZone> readTimeZone(std::string_view name);

}  // namespace beffroi::calendar
