// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Looks on while a client's first messages of a handshake come in the clear: the library makes room for what a
// ClientHello claims to be long, up to 128 KiB, before any of it has come, for everybody who connects.
// Thread: loop.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace beffroi::edge::tls {

class HelloWatch {
public:
    /// Octets; those of telephones and browsers have less than two thousand.
    static constexpr std::size_t kLongestHello = std::size_t{16} * 1024;

    /// The next octets from the client, however they are split; false once a ClientHello claims to be too long.
    [[nodiscard]] bool take(std::string_view octets) noexcept {
        for (const char each : octets) {
            if (!takeOctet(static_cast<std::uint8_t>(each))) return false;
        }
        return true;
    }

private:
    static constexpr std::uint8_t kHandshake = 22;   // RFC 8446 §5.1
    static constexpr std::uint8_t kClientHello = 1;  // §4

    [[nodiscard]] bool takeOctet(std::uint8_t octet) noexcept {
        if (recordLeft_ == 0) {
            record_[recordHas_++] = octet;
            if (recordHas_ < record_.size()) return true;
            recordHas_ = 0;
            recordLeft_ = std::size_t{record_[3]} << 8U | record_[4];
            return true;
        }
        --recordLeft_;
        if (record_[0] != kHandshake) return true;
        if (messageLeft_ > 0) {
            --messageLeft_;
            return true;
        }
        message_[messageHas_++] = octet;
        if (messageHas_ < message_.size()) return true;
        messageHas_ = 0;
        messageLeft_ = std::size_t{message_[1]} << 16U | std::size_t{message_[2]} << 8U | message_[3];
        return message_[0] != kClientHello || messageLeft_ <= kLongestHello;
    }

    std::array<std::uint8_t, 5> record_{};   // header: type, version, length
    std::array<std::uint8_t, 4> message_{};  // header: type, length; may be split over records
    std::uint8_t recordHas_ = 0;
    std::uint8_t messageHas_ = 0;
    std::size_t recordLeft_ = 0;
    std::size_t messageLeft_ = 0;
};

}  // namespace beffroi::edge::tls
