// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One call of getrandom() fills a block; what was handed out of it is wiped.

#include "base/random.hpp"

#include "base/assert.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace beffroi::base {

void Random::refill() {
    for (std::size_t filled = 0; filled < block_.size();) {
        const auto got = getrandom(block_.data() + filled, block_.size() - filled, 0);
        if (got < 0 && errno == EINTR) continue;
        BEFFROI_ASSERT(got > 0);  // the kernel has had a generator since 3.17
        filled += static_cast<std::size_t>(got);
    }
    used_ = 0;
}

void Random::fill(void* to, std::size_t size) {
    auto* out = static_cast<unsigned char*>(to);
    while (size > 0) {
        if (used_ == block_.size()) refill();
        const auto part = std::min(size, block_.size() - used_);
        std::memcpy(out, block_.data() + used_, part);
        std::memset(block_.data() + used_, 0, part);
        used_ += part;
        out += part;
        size -= part;
    }
}

std::uint64_t Random::number() {
    std::uint64_t value = 0;
    fill(&value, sizeof value);
    return value;
}

std::uint64_t Random::below(std::uint64_t limit) {
    BEFFROI_ASSERT(limit > 0);
    const auto uneven = (0 - limit) % limit;  // 2^64 modulo limit: the first numbers, which would come up too often
    auto drawn = number();
    while (drawn < uneven) drawn = number();
    return drawn % limit;
}

std::string Random::token(std::size_t octets) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text(2 * octets, '\0');
    fill(text.data() + octets, octets);
    for (std::size_t i = 0; i < octets; ++i) {  // the octets stand in the second half: written behind what is read
        const auto value = static_cast<unsigned char>(text[octets + i]);
        text[2 * i] = kDigits[value >> 4U];
        text[2 * i + 1] = kDigits[value & 15U];
    }
    return text;
}

}  // namespace beffroi::base
