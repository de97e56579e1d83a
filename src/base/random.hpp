// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Unpredictable numbers and names from the kernel's generator, drawn in blocks so that a token costs nanoseconds.
// Thread: the one that made it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace beffroi::base {

class Random {
public:
    [[nodiscard]] std::uint64_t number();
    /// From 0 to limit - 1, each as likely as the others. `limit` is at least 1.
    [[nodiscard]] std::uint64_t below(std::uint64_t limit);
    /// `octets` random octets as lower-case hexadecimal: fit for branches, tags, Call-IDs and file names.
    [[nodiscard]] std::string token(std::size_t octets = 8);
    void fill(void* to, std::size_t size);

private:
    void refill();

    std::array<unsigned char, 1024> block_{};
    std::size_t used_ = sizeof block_;
};

}  // namespace beffroi::base
