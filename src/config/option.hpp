// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One configuration option, declared once as a typed constant in the folder that uses it. The parser, the errors, the
// sample file and the reference page are made from the declaration; a value is read by it: settings[kMinExpires].
// Thread: any; constants.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace beffroi::config {

/// Whether a change takes effect by a reload or needs a restart of the daemon.
enum class Reload : std::uint8_t { Live, Restart };

/// A list of texts. The fallback is written as one text, values separated by commas.
struct TextList {};

/// What a value is once read: a text option yields std::string, a list std::vector<std::string>, others themselves.
template <typename T>
struct ValueOf {
    using type = T;
};
template <>
struct ValueOf<std::string_view> {
    using type = std::string;
};
template <>
struct ValueOf<TextList> {
    using type = std::vector<std::string>;
};

template <typename T>
struct Bounds {
    T least;
    T most;
};
/// For texts the bounds are lengths in octets, for lists numbers of elements.
struct Lengths {
    std::size_t least = 0;
    std::size_t most = 4096;
};

template <typename T>
inline constexpr bool kHasValueBounds = !std::is_same_v<T, std::string_view> && !std::is_same_v<T, TextList>;

/// T: bool, std::int64_t, std::chrono::seconds, std::chrono::milliseconds, std::string_view or TextList.
template <typename T>
struct Option {
    using Fallback = std::conditional_t<std::is_same_v<T, TextList>, std::string_view, T>;
    using Limits = std::conditional_t<kHasValueBounds<T>, Bounds<T>, Lengths>;
    using Value = typename ValueOf<T>::type;

    std::string_view key;  // "section.kebab-case"
    Fallback fallback;
    Limits bounds;
    Reload reload = Reload::Restart;
    std::string_view since;
    std::string_view help;
    /// What is wrong with a value that is within its bounds; empty if nothing is. May be null.
    std::string (*check)(const Value&) = nullptr;
};

inline constexpr Bounds<bool> kAnyBool{false, true};

}  // namespace beffroi::config
