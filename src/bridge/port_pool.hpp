// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Which pair of ports to try next for a call's RTP (even) and RTCP (odd). Round the whole range from a random start, so
// that a port rests as long as possible before a late packet of its last call can meet the next one.
// Thread: loop.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace beffroi::bridge {

struct PortRange {
    std::uint16_t first = 0;  // even
    std::uint16_t last = 0;   // odd

    [[nodiscard]] std::uint32_t pairs() const noexcept { return (std::uint32_t{last} - first + 1) / 2; }
};

/// "20000-29999"; the ends are moved inwards to whole pairs. Nothing if no pair fits or a port is below 1024.
[[nodiscard]] std::optional<PortRange> parsePortRange(std::string_view text);

class PortPool {
public:
    PortPool(PortRange range, std::uint64_t random)
        : range_{range}, next_{static_cast<std::uint32_t>(random % range.pairs())} {}

    /// The RTP port of the next pair; RTCP is one higher.
    [[nodiscard]] std::uint16_t next() noexcept {
        const auto pair = next_;
        next_ = (next_ + 1) % range_.pairs();
        return static_cast<std::uint16_t>(range_.first + 2 * pair);
    }
    [[nodiscard]] std::uint32_t pairs() const noexcept { return range_.pairs(); }

private:
    PortRange range_;
    std::uint32_t next_;
};

}  // namespace beffroi::bridge
