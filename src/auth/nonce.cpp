// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Layout: 4 octets of seconds, 6 of serial number, 5 of SipHash-2-4 over both, 5 over both and the host, in
// hexadecimal. Whoever guesses at 40 bits has to ask us each time. The time is the date, so that a nonce is as old for
// a server that was restarted with the same key.

#include "auth/nonce.hpp"

#include <sodium.h>

#include <cstring>
#include <utility>

namespace beffroi::auth {
namespace {

constexpr std::size_t kDigits = 40;
constexpr std::size_t kTimeDigits = 8;
constexpr std::size_t kSerialDigits = 12;
constexpr std::size_t kMacDigits = 10;
constexpr std::uint64_t kTimeMask = (std::uint64_t{1} << (4 * kTimeDigits)) - 1;
constexpr std::uint64_t kMacMask = (std::uint64_t{1} << (4 * kMacDigits)) - 1;
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

std::uint64_t mac(const void* text, std::size_t size, const Nonces::Key& key) noexcept {
    std::uint64_t value = 0;
    static_assert(sizeof value == crypto_shorthash_BYTES);
    crypto_shorthash(reinterpret_cast<unsigned char*>(&value), static_cast<const unsigned char*>(text), size,
                     key.data());
    return value & kMacMask;
}

}  // namespace

Nonces::Nonces(const Clock& clock, const Key& key, Clock::Duration lifetime, std::size_t mostWindows)
    : clock_{clock},
      key_{key},
      lifetime_{lifetime},
      mostWindows_{mostWindows},
      turnedOver_{clock.now()},
      spoiltSince_{clock.now()} {
    // Serial numbers of two runs must not meet: they start where the date says.
    serial_ = static_cast<std::uint64_t>(clock.wallNow().time_since_epoch().count());
    forgotten_ = serialAtTurn_ = serial_;
}

struct Nonces::Parts {
    std::uint64_t time = 0;
    std::uint64_t serial = 0;
    std::uint64_t ours = 0;  // signature
    std::uint64_t host = 0;  // signature

    [[nodiscard]] bool parse(std::string_view nonce) noexcept {
        if (nonce.size() != kDigits) return false;
        const auto take = [&nonce](std::size_t digits, std::uint64_t& value) {
            const bool hex = parseHex(nonce.substr(0, digits), value);
            nonce.remove_prefix(digits);
            return hex;
        };
        return take(kTimeDigits, time) && take(kSerialDigits, serial) && take(kMacDigits, ours) &&
               take(kMacDigits, host);
    }
};

std::uint64_t Nonces::sign(const Parts& parts) const noexcept {
    const std::array<std::uint64_t, 2> text{parts.time, parts.serial};
    return mac(text.data(), sizeof text, key_);
}

// Another length than above: never the same text.
std::uint64_t Nonces::sign(const Parts& parts, const SocketAddress& host) const noexcept {
    const auto site = host.network();
    std::array<std::uint64_t, 5> text{parts.time, parts.serial, site.isV6() ? 6U : 4U};
    std::memcpy(text.data() + 3, site.octets().data(), site.octets().size());
    return mac(text.data(), sizeof text, key_);
}

std::string Nonces::make(const SocketAddress& asking) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(clock_.wallNow().time_since_epoch()).count();
    Parts parts;
    parts.time = static_cast<std::uint64_t>(seconds) & kTimeMask;
    parts.serial = ++serial_ & kPartMask;
    std::string nonce;
    nonce.reserve(kDigits);
    appendHex(nonce, parts.time, kTimeDigits);
    appendHex(nonce, parts.serial, kSerialDigits);
    appendHex(nonce, sign(parts), kMacDigits);
    appendHex(nonce, sign(parts, asking), kMacDigits);
    return nonce;
}

Nonces::Age Nonces::age(std::string_view nonce, const SocketAddress& answering) const {
    Parts parts;
    if (!parts.parse(nonce)) return Age::Forged;
    const auto ours = sign(parts);
    const auto host = sign(parts, answering);
    if (sodium_memcmp(&ours, &parts.ours, sizeof ours) != 0) return Age::Forged;
    if (sodium_memcmp(&host, &parts.host, sizeof host) != 0) return Age::Elsewhere;
    if (((parts.serial - forgotten_ - 1) & kPartMask) >= serial_ - forgotten_) return Age::Stale;
    if (spoilt_.contains(parts.serial) || spoiltBefore_.contains(parts.serial)) return Age::Stale;
    const auto made = Clock::WallTime{std::chrono::seconds{static_cast<std::int64_t>(parts.time)}};
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
    Parts parts;
    if (nc == 0 || !parts.parse(nonce)) return false;
    const auto key = parts.serial;  // names the nonce
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

// Remembered for longer than it would be fresh, be it that the date is set back.
void Nonces::spoil(std::string_view nonce) {
    Parts parts;
    if (!parts.parse(nonce)) return;
    if (clock_.now() - spoiltSince_ > lifetime_ + kTolerance || spoilt_.size() >= mostWindows_) {
        spoiltBefore_ = std::exchange(spoilt_, {});
        spoiltSince_ = clock_.now();
    }
    spoilt_.insert(parts.serial);
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
