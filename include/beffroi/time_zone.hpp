// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the clocks of a place show: the offsets of a time zone as a value, read once (calendar/time_zones.hpp) and asked
// without a library, a lock or a file.
// Thread: any; a value.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace beffroi {

class TimeZone {
public:
    /// From an instant on, local time is UTC and `offset`.
    struct Period {
        std::chrono::sys_seconds from;
        std::chrono::seconds offset{0};
        friend bool operator==(const Period&, const Period&) = default;
    };

    /// UTC.
    TimeZone() : TimeZone{"UTC", {{std::chrono::sys_seconds::min(), std::chrono::seconds{0}}}} {}
    /// `periods`: sorted, at least one, the first without a beginning (sys_seconds::min()).
    TimeZone(std::string name, std::vector<Period> periods) : name_{std::move(name)}, periods_{std::move(periods)} {}

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] const std::vector<Period>& periods() const noexcept { return periods_; }

    [[nodiscard]] std::chrono::local_seconds toLocal(std::chrono::sys_seconds instant) const {
        return std::chrono::local_seconds{instant.time_since_epoch() + periods_[periodAt(instant)].offset};
    }

    /// The first instant at which the clocks show `local` or, when they skip it, the one at which they are put forward.
    [[nodiscard]] std::chrono::sys_seconds toInstant(std::chrono::local_seconds local) const {
        const auto asUtc = std::chrono::sys_seconds{local.time_since_epoch()};
        // No offset is as large as a day: the right period is among those that touch the day before and the day after.
        for (auto at = periodAt(asUtc - std::chrono::days{1}); at < periods_.size(); ++at) {
            const auto instant = std::max(asUtc - periods_[at].offset, periods_[at].from);
            if (at + 1 == periods_.size() || instant < periods_[at + 1].from) return instant;
        }
        return asUtc;
    }

private:
    [[nodiscard]] std::size_t periodAt(std::chrono::sys_seconds instant) const {
        const auto after = std::upper_bound(periods_.begin() + 1, periods_.end(), instant,
                                            [](auto at, const Period& period) { return at < period.from; });
        return static_cast<std::size_t>(after - periods_.begin()) - 1;
    }

    std::string name_;
    std::vector<Period> periods_;
};

}  // namespace beffroi
