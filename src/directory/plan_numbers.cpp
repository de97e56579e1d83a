// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/plan_numbers.hpp"

#include <charconv>

namespace beffroi::directory {
namespace {

std::optional<std::uint64_t> valueOf(std::string_view number) {
    if (number.starts_with('+')) number.remove_prefix(1);
    std::uint64_t value = 0;
    const auto result = std::from_chars(number.data(), number.data() + number.size(), value);
    if (result.ec != std::errc{} || result.ptr != number.data() + number.size()) return std::nullopt;
    return value;
}

}  // namespace

std::uint64_t rangeSize(std::string_view first, std::string_view last) {
    if (last.empty()) return 1;
    const auto from = valueOf(first);
    const auto to = valueOf(last);
    if (!from || !to || first.size() != last.size() || *to < *from) return 0;
    const auto size = *to - *from + 1;
    return size > kLargestRange ? 0 : size;
}

std::string numberAfter(std::string_view number, std::uint64_t steps) {
    const auto value = valueOf(number);
    if (!value) return {};
    const bool plus = number.starts_with('+');
    const auto width = number.size() - (plus ? 1 : 0);
    auto digits = std::to_string(*value + steps);
    if (digits.size() > width) return {};
    digits.insert(0, width - digits.size(), '0');
    return plus ? '+' + digits : digits;
}

void forEachDirect(const DirectNumbers& numbers,
                   const std::function<void(const std::string& number, const std::string& target)>& take) {
    if (numbers.firstExtension.empty()) return take(numbers.first, numbers.target);
    const auto size = rangeSize(numbers.first, numbers.last);
    for (std::uint64_t i = 0; i < size; ++i)
        take(numberAfter(numbers.first, i), numberAfter(numbers.firstExtension, i));
}

}  // namespace beffroi::directory
