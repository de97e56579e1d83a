// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Layout: 6 octets of seconds, 6 of serial number, 8 of SipHash-2-4 over both, in hexadecimal. The time is the date, so
// that a nonce is as old for a server that was restarted with the same key.

#include "auth/nonce.hpp"

#include <sodium.h>

#include <cstring>
#include <utility>

namespace beffroi::auth {
namespace {

constexpr std::size_t kDigits = 40;
constexpr std::uint64_t kPartMask = (std::uint64_t{1} << 48U) - 1;
constexpr std::uint32_t kWindow = 64;
constexpr auto kTolerance = std::chrono::seconds{300};  // of a clock that was set back
static_assert(std::tuple_size_v<Nonces::Key> == crypto_shorthash_KEYBYTES);

void appendHex(std::string& to, std::uint64_t value, unsigned digits) {
    constexpr char kHex[] = "0123456789abcdef";
    for (unsigned shift = digits * 4; shift > 0; shift -= 4) to.push_back(kHex[(value >> (shift - 4)) & 15U]);
}

bool parseHex(std::string_view digits, std::uint64_t& value) noexcept {
    value = 0;
    for (const char c : digits) {
        unsigned digit = 0;
        if (c >= '0' && c <= '9') {
            digit = static_cast<unsigned>(c - '0');
        } else if (c >= 'a' && c <= 'f') {
            digit = static_cast<unsigned>(c - 'a') + 10;
        } else {
            return false;
        }
        value = value << 4U | digit;
    }
    return true;
}

}  // namespace

Nonces::Nonces(const Clock& clock, const Key& key, Clock::Duration lifetime, std::size_t mostWindows)
    : clock_{clock}, key_{key}, lifetime_{lifetime}, mostWindows_{mostWindows}, turnedOver_{clock.now()} {
    // Serial numbers of two runs must not meet: they start where the date says.
    serial_ = static_cast<std::uint64_t>(clock.wallNow().time_since_epoch().count());
    forgotten_ = serialAtTurn_ = serial_;
}

std::uint64_t Nonces::sign(std::uint64_t time, std::uint64_t serial) const noexcept {
    const std::array<std::uint64_t, 2> text{time, serial};
    std::array<unsigned char, crypto_shorthash_BYTES> mac{};
    crypto_shorthash(mac.data(), reinterpret_cast<const unsigned char*>(text.data()), sizeof text, key_.data());
    std::uint64_t value = 0;
    std::memcpy(&value, mac.data(), sizeof value);
    return value;
}

std::string Nonces::make() {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(clock_.wallNow().time_since_epoch()).count();
    const auto time = static_cast<std::uint64_t>(seconds) & kPartMask;
    const auto serial = ++serial_ & kPartMask;
    std::string nonce;
    nonce.reserve(kDigits);
    appendHex(nonce, time, 12);
    appendHex(nonce, serial, 12);
    appendHex(nonce, sign(time, serial), 16);
    return nonce;
}

Nonces::Age Nonces::age(std::string_view nonce) const {
    std::uint64_t time = 0;
    std::uint64_t serial = 0;
    std::uint64_t mac = 0;
    if (nonce.size() != kDigits || !parseHex(nonce.substr(0, 12), time) || !parseHex(nonce.substr(12, 12), serial) ||
        !parseHex(nonce.substr(24), mac)) {
        return Age::Forged;
    }
    const auto expected = sign(time, serial);
    if (sodium_memcmp(&expected, &mac, sizeof mac) != 0) return Age::Forged;
    if (((serial - forgotten_ - 1) & kPartMask) >= serial_ - forgotten_) return Age::Stale;
    const auto made = Clock::WallTime{std::chrono::seconds{static_cast<std::int64_t>(time)}};
    const auto old = clock_.wallNow() - made;
    return old > lifetime_ || old < -kTolerance ? Age::Stale : Age::Fresh;
}

// A window that is dropped takes its nonce with it, whatever the clocks say: those made while it was filled are stale.
void Nonces::turnOver() {
    if (clock_.now() - turnedOver_ < lifetime_ && current_.size() < mostWindows_) return;
    forgotten_ = serialAtTurn_;
    serialAtTurn_ = serial_;
    previous_ = std::exchange(current_, {});
    turnedOver_ = clock_.now();
}

bool Nonces::use(std::string_view nonce, std::uint32_t nc) {
    if (nc == 0 || nonce.size() != kDigits) return false;
    std::uint64_t key = 0;
    parseHex(nonce.substr(24), key);  // the signature names the nonce
    auto found = current_.find(key);
    if (found == current_.end()) {
        Window window;
        if (const auto old = previous_.find(key); old != previous_.end()) window = old->second;
        found = current_.emplace(key, window).first;
    }
    const bool first = note(found->second, nc);
    turnOver();  // last: what age() called fresh must not be forgotten before it was used
    return first;
}

bool Nonces::note(Window& window, std::uint32_t nc) noexcept {
    if (nc > window.highest) {
        const auto step = nc - window.highest;
        window.seen = step >= kWindow ? 1 : (window.seen << step | 1U);
        window.highest = nc;
        return true;
    }
    const auto behind = window.highest - nc;
    if (behind >= kWindow || (window.seen >> behind & 1U) != 0) return false;
    window.seen |= std::uint64_t{1} << behind;
    return true;
}

}  // namespace beffroi::auth
