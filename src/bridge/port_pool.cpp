// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Reading of a port range.

#include "bridge/port_pool.hpp"

#include <charconv>

namespace beffroi::bridge {
namespace {

bool parsePort(std::string_view text, std::uint16_t& port) {
    const auto result = std::from_chars(text.data(), text.data() + text.size(), port);
    return result.ec == std::errc{} && result.ptr == text.data() + text.size() && port >= 1024;
}

}  // namespace

std::optional<PortRange> parsePortRange(std::string_view text) {
    const auto dash = text.find('-');
    PortRange range;
    if (dash == std::string_view::npos) return std::nullopt;
    if (!parsePort(text.substr(0, dash), range.first) || !parsePort(text.substr(dash + 1), range.last))
        return std::nullopt;
    if (range.first == 65535) return std::nullopt;
    if (range.first % 2 != 0) ++range.first;
    if (range.last % 2 == 0) --range.last;
    if (range.last <= range.first) return std::nullopt;
    return range;
}

}  // namespace beffroi::bridge
