// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One configuration option, declared once as a typed constant in the folder that uses it. The parser, the errors, the
// sample file and the reference page are made from the declaration; a value is read by it: settings[kMinExpires].
// Thread: any; constants.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace beffroi::config {

/// Whether a change takes effect by a reload or needs a restart of the daemon.
enum class Reload : std::uint8_t { Live, Restart };

/// A size: written "512B", "64KiB", "16MiB" or "1GiB".
struct Bytes {
    std::int64_t count = 0;
    friend constexpr auto operator<=>(const Bytes&, const Bytes&) = default;
};
inline constexpr Bytes operator""_KiB(unsigned long long count) { return {static_cast<std::int64_t>(count) * 1024}; }
inline constexpr Bytes operator""_MiB(unsigned long long count) { return {static_cast<std::int64_t>(count) << 20U}; }

template <typename T>
inline constexpr bool kIsText = std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>;
template <typename T>
inline constexpr bool kIsList = std::is_same_v<T, std::vector<std::string>>;
template <typename T>
inline constexpr bool kIsDuration =
    std::is_same_v<T, std::chrono::seconds> || std::is_same_v<T, std::chrono::milliseconds>;

/// The least and the largest value that is accepted. Without bounds, whatever the type holds.
template <typename T>
struct Bounds {
    T least = std::numeric_limits<T>::min();
    T most = std::numeric_limits<T>::max();
};
template <typename T>
requires kIsDuration<T>
struct Bounds<T> {
    T least = T::zero();
    T most = T::max();
};
template <>
struct Bounds<Bytes> {
    Bytes least{};
    Bytes most{std::numeric_limits<std::int64_t>::max()};
};
inline constexpr Bounds<bool> kAnyBool{false, true};

/// The bounds of texts and lists: the length of the text in octets, the number of the list's elements.
struct Lengths {
    std::size_t least = 0;
    std::size_t most = 4096;
};

/// T is bool, a whole number (int, unsigned, std::uint16_t, std::int64_t …), std::chrono::seconds or milliseconds
/// (written "30s", "500ms", "5min", "2h", "1d"), Bytes, std::string (or std::string_view: the same) or
/// std::vector<std::string>.
template <typename T>
struct Option {
    static_assert(std::is_integral_v<T> || kIsDuration<T> || std::is_same_v<T, Bytes> || kIsText<T> || kIsList<T>);
    using Value = std::conditional_t<kIsText<T>, std::string, T>;
    using Fallback = std::conditional_t<kIsText<T> || kIsList<T>, std::string_view, T>;
    using Limits = std::conditional_t<kIsText<T> || kIsList<T>, Lengths, Bounds<T>>;

    std::string_view key;  // "section.kebab-case"
    Fallback fallback{};   // of a list: its elements as one text, separated by commas
    Limits bounds{};
    Reload reload = Reload::Restart;
    std::string_view since;
    std::string_view help;  // one or more sentences, without a line break
    /// What is wrong with a value that is within its bounds; empty if nothing is. May be null.
    std::string (*check)(const Value& value) = nullptr;
};

}  // namespace beffroi::config
