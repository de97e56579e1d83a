// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One option of every type, as a folder of src/ would declare them.
#pragma once

#include "config/schema.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace beffroi::config {

using namespace std::chrono_literals;

inline constexpr Option<bool> kBell{
    .key = "tower.bell", .fallback = true, .bounds = kAnyBool, .since = "0.1", .help = "Rings."};
inline constexpr Option<int> kSteps{
    .key = "tower.steps", .fallback = -3, .bounds = {-5, 395}, .since = "0.1", .help = "How high it is."};
inline constexpr Option<std::uint16_t> kPort{
    .key = "tower.port", .fallback = 5060, .since = "0.1", .help = "Any port."};
inline constexpr Option<std::uint64_t> kVisitors{
    .key = "tower.visitors", .fallback = 7, .bounds = {1, ~std::uint64_t{0}}, .since = "0.1", .help = "How many came."};
inline constexpr Option<std::chrono::seconds> kStrike{.key = "clock.strike",
                                                      .fallback = 90s,
                                                      .bounds = {1s, 3600s},
                                                      .reload = Reload::Live,
                                                      .since = "0.2",
                                                      .help = "Between two strikes of the hour."};
inline constexpr Option<std::chrono::milliseconds> kSwing{
    .key = "clock.swing", .fallback = 1500ms, .since = "0.1", .help = "One swing of the pendulum."};
inline constexpr Option<Bytes> kMemory{
    .key = "clock.memory", .fallback = 64_KiB, .bounds = {{1}, 16_MiB}, .since = "0.1", .help = "For tunes."};
inline constexpr Option<std::string> kMotto{
    .key = "clock.motto", .fallback = "J'appelle \"les\" vivants", .since = "0.1", .help = "Engraved."};
inline constexpr Option<std::string> kKeeper{
    .key = "clock.keeper",
    .fallback = "nobody",
    .bounds = {2, 8},
    .since = "0.1",
    .help = "Who winds it up.",
    .check = [](const std::string& name) -> std::string { return name == "ghost" ? "must be alive" : ""; }};
inline constexpr Option<std::vector<std::string>> kTunes{
    .key = "clock.tunes", .fallback = "angelus, tocsin", .bounds = {1, 3}, .since = "0.1", .help = "What it can play."};

[[nodiscard]] inline Schema exampleSchema() {
    Schema schema;
    schema.add(kBell).add(kSteps).add(kPort).add(kVisitors);
    schema.add(kStrike).add(kSwing).add(kMemory).add(kMotto).add(kKeeper).add(kTunes);
    return schema;
}

}  // namespace beffroi::config
