// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Keys that a member presses, from telephone-event packets (RFC 4733). A key is reported once, with the first packet of
// its event that arrives: neither a lost end nor its repetitions matter.
// Thread: the one that receives.
#pragma once

#include "bridge/rtp_packet.hpp"

#include <cstdint>
#include <optional>

namespace beffroi::bridge {

class DigitReceiver {
public:
    /// The digit that this packet begins, if it begins one: 0-9 * # A-D.
    [[nodiscard]] std::optional<char> receive(const RtpHeader& packet) noexcept;

private:
    bool started_ = false;
    std::uint32_t source_ = 0;
    std::uint32_t timestamp_ = 0;
    std::uint8_t event_ = 0;
    std::uint16_t duration_ = 0;
};

}  // namespace beffroi::bridge
