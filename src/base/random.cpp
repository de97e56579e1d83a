// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/random.hpp"

#include "base/assert.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace beffroi::base {

void Random::fill(void* to, std::size_t size) {
    auto* out = static_cast<unsigned char*>(to);
    while (size > 0) {
        if (used_ == block_.size()) {
            ssize_t got = -1;
            do {
                got = getrandom(block_.data(), block_.size(), 0);
            } while (got < 0 && errno == EINTR);
            BEFFROI_ASSERT(got == static_cast<ssize_t>(block_.size()));
            used_ = 0;
        }
        const auto part = std::min(size, block_.size() - used_);
        std::memcpy(out, block_.data() + used_, part);
        std::memset(block_.data() + used_, 0, part);  // what was given out is not kept
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

std::string Random::token(std::size_t octets) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text(octets, '\0');
    fill(text.data(), octets);
    std::string hex;
    hex.reserve(2 * octets);
    for (const char c : text) {
        const auto value = static_cast<unsigned char>(c);
        hex.push_back(kDigits[value >> 4U]);
        hex.push_back(kDigits[value & 15U]);
    }
    return hex;
}

}  // namespace beffroi::base
