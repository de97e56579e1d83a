// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Units make a number readable: a bare 30 would leave open whether it means seconds.

#include "config/value.hpp"

#include "base/text.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace beffroi::config {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t factor;
};
constexpr std::array kDurationUnits{Unit{"ms", 1}, Unit{"s", 1000}, Unit{"min", 60'000}, Unit{"h", 3'600'000},
                                    Unit{"d", 86'400'000}};
constexpr std::array kByteUnits{Unit{"B", 1}, Unit{"KiB", 1LL << 10U}, Unit{"MiB", 1LL << 20U},
                                Unit{"GiB", 1LL << 30U}};

template <std::size_t N>
std::optional<std::int64_t> parseWithUnit(std::string_view text, const std::array<Unit, N>& units) {
    std::int64_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto [unitBegin, failure] = std::from_chars(text.data(), end, number);
    if (failure != std::errc{} || text.front() == '-') return std::nullopt;
    const std::string_view name{unitBegin, static_cast<std::size_t>(end - unitBegin)};
    for (const auto& unit : units) {
        if (unit.name != name) continue;
        if (number > std::numeric_limits<std::int64_t>::max() / unit.factor) return std::nullopt;
        return number * unit.factor;
    }
    return std::nullopt;
}

// In the largest unit that leaves no rest.
template <std::size_t N>
std::string withUnit(std::int64_t count, const std::array<Unit, N>& units, std::size_t unitOfZero) {
    std::size_t best = count == 0 ? unitOfZero : 0;
    for (std::size_t i = 0; count != 0 && i < N; ++i) {
        if (count % units[i].factor == 0) best = i;
    }
    return std::to_string(count / units[best].factor) + std::string{units[best].name};
}

struct InFile {
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(std::chrono::milliseconds value) const {
        return inQuotes(withUnit(value.count(), kDurationUnits, 1));
    }
    std::string operator()(Bytes value) const { return inQuotes(withUnit(value.count, kByteUnits, 0)); }
    std::string operator()(const std::string& value) const { return inQuotes(value); }
    std::string operator()(const std::vector<std::string>& value) const {
        std::string list{"["};
        for (const auto& element : value) list.append(list.size() > 1 ? ", " : "").append(inQuotes(element));
        return list.append(1, ']');
    }
};

}  // namespace

std::string inFile(const Value& value) { return std::visit(InFile{}, value); }

std::string inQuotes(std::string_view text) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    std::string result{'"'};
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet < 0x20 || octet == 0x7f) {
            result.append("\\u00").append(1, kDigits[octet >> 4U]).append(1, kDigits[octet & 15U]);
            continue;
        }
        if (c == '"' || c == '\\') result.append(1, '\\');
        result.append(1, c);
    }
    return result.append(1, '"');
}

std::optional<std::chrono::milliseconds> parseDuration(std::string_view text) {
    const auto count = parseWithUnit(text, kDurationUnits);
    if (!count) return std::nullopt;
    return std::chrono::milliseconds{*count};
}

std::optional<Bytes> parseBytes(std::string_view text) {
    const auto count = parseWithUnit(text, kByteUnits);
    if (!count) return std::nullopt;
    return Bytes{*count};
}

std::vector<std::string> splitList(std::string_view text) {
    std::vector<std::string> elements;
    while (!text.empty()) {
        const auto comma = text.find(',');
        auto element = text.substr(0, comma);
        while (!element.empty() && element.front() == ' ') element.remove_prefix(1);
        while (!element.empty() && element.back() == ' ') element.remove_suffix(1);
        if (!element.empty()) elements.emplace_back(element);
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    return elements;
}

}  // namespace beffroi::config
