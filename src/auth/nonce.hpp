// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Nonces that need no memory until they are used: the time and a serial number, signed (RFC 7616 §5.4), and signed once
// more for the host that asked: who answers with a nonce that was made for its own address has received it there. A
// nonce that was used has a window of the nonce counts seen, so that no answer is accepted twice; one whose window is
// gone, because we were restarted or because there were too many, is stale; so is one that was spoilt by a wrong
// answer, which therefore says one thing once, however often it is sent. Thread: loop.
#pragma once

#include "beffroi/clock.hpp"
#include "beffroi/socket_address.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace beffroi::auth {

class Nonces {
public:
    using Key = std::array<unsigned char, 16>;
    enum class Age : std::uint8_t {
        Fresh,
        Stale,      // made by us for this host, but too long ago, before a restart, or spoilt
        Elsewhere,  // made by us, but not for this host
        Forged
    };

    /// `mostWindows` of the nonces in use are remembered, at least: beyond twice as many the oldest become stale.
    Nonces(const Clock& clock, const Key& key, Clock::Duration lifetime, std::size_t mostWindows = 100'000);

    /// 40 hexadecimal digits, for the host of this address (SocketAddress::network()).
    [[nodiscard]] std::string make(const SocketAddress& asking);
    [[nodiscard]] Age age(std::string_view nonce, const SocketAddress& answering) const;
    /// Notes the use of count `nc` with a fresh nonce. False if it was used before or is more than 63 behind.
    [[nodiscard]] bool use(std::string_view nonce, std::uint32_t nc);

    /// A fresh nonce is stale from now on. Of those spoilt, `mostWindows` at least are remembered.
    void spoil(std::string_view nonce);

    [[nodiscard]] std::size_t windows() const noexcept { return current_.size() + previous_.size(); }
    [[nodiscard]] std::size_t spoilt() const noexcept { return spoilt_.size() + spoiltBefore_.size(); }

private:
    struct Window {
        std::uint32_t highest = 0;
        std::uint64_t seen = 0;  // bit i: highest - i was used
    };
    struct Parts;
    [[nodiscard]] std::uint64_t sign(const Parts& parts) const noexcept;
    [[nodiscard]] std::uint64_t sign(const Parts& parts, const SocketAddress& host) const noexcept;
    [[nodiscard]] static bool note(Window& window, std::uint32_t nc) noexcept;
    void turnOver();

    const Clock& clock_;
    Key key_;
    Clock::Duration lifetime_;
    std::size_t mostWindows_;
    std::uint64_t serial_ = 0;        // of the last nonce made
    std::uint64_t forgotten_ = 0;     // nonces up to this serial number may have had windows that are gone
    std::uint64_t serialAtTurn_ = 0;  // when current_ was begun
    // Two generations of a lifetime each: forgetting is dropping the older one, never a search.
    std::unordered_map<std::uint64_t, Window> current_;  // by serial number
    std::unordered_map<std::uint64_t, Window> previous_;
    Clock::TimePoint turnedOver_;
    // Apart from the windows, so that strangers never make a telephone's nonce stale. Serial numbers, likewise.
    std::unordered_set<std::uint64_t> spoilt_;
    std::unordered_set<std::uint64_t> spoiltBefore_;
    Clock::TimePoint spoiltSince_;
};

}  // namespace beffroi::auth
