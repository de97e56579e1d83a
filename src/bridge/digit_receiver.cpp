// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Packets of one event share its timestamp. An event too long for its 16-bit duration goes on with a new timestamp
// (RFC 4733 §2.5.1.3) and is still the same key.

#include "bridge/digit_receiver.hpp"

#include <string_view>

namespace beffroi::bridge {

std::optional<char> DigitReceiver::receive(const RtpHeader& packet) noexcept {
    constexpr std::string_view kDigits = "0123456789*#ABCD";
    constexpr std::uint16_t kLongest = 0xffff;
    if (packet.payload.size() < 4 || packet.payload[0] >= kDigits.size()) return std::nullopt;
    const auto event = packet.payload[0];
    const auto duration = static_cast<std::uint16_t>((packet.payload[2] << 8) | packet.payload[3]);

    const bool sameSource = started_ && packet.source == source_;
    const bool continued = sameSource && event == event_ && duration_ == kLongest && !packet.marker &&
                           packet.timestamp == timestamp_ + kLongest;
    const bool newer = !sameSource || static_cast<std::int32_t>(packet.timestamp - timestamp_) > 0;
    if (newer) timestamp_ = packet.timestamp;
    if (sameSource && !newer && packet.timestamp != timestamp_) return std::nullopt;  // late, of an earlier event
    started_ = true;
    source_ = packet.source;
    event_ = event;
    duration_ = duration;
    if (!newer || continued) return std::nullopt;
    return kDigits[event];
}

}  // namespace beffroi::bridge
