// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Which of many beginnings a number has: a tree with a branch for each digit.
// Thread: any; not changed while asked.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace beffroi::country {

class DigitTree {
public:
    static constexpr std::size_t kLongest = 16;  // digits of a beginning

    /// False if `digits` is empty, too long, has something else than digits, or was added before.
    [[nodiscard]] bool add(std::string_view digits, std::size_t value);

    /// The values of the beginnings that `digits` has, the longest first.
    struct Matches {
        std::array<std::size_t, kLongest> values{};
        std::size_t count = 0;
    };
    [[nodiscard]] Matches beginningsOf(std::string_view digits) const noexcept;

    /// Whether something that was added begins with `digits`.
    [[nodiscard]] bool continues(std::string_view digits) const noexcept;

private:
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    struct Node {
        std::array<std::uint32_t, 10> next{};  // 0: none
        std::size_t value = kNone;
    };
    std::vector<Node> nodes_{1};
};

}  // namespace beffroi::country
