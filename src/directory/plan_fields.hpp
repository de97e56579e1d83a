// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How a declaration of the plan's language reaches the member that it stands for: the pointers to the member become
// three functions, so that the tables need no templates.
// Thread: any.
#pragma once

#include "directory/plan.hpp"
#include "directory/plan_language.hpp"

#include <algorithm>
#include <chrono>
#include <type_traits>
#include <utility>

namespace beffroi::directory {

template <typename T>
struct MemberOf;
template <typename Class, typename Type>
struct MemberOf<Type Class::*> {
    using Entry = Class;
    using Value = Type;
};

inline FieldValue toValue(const std::string& text) { return text; }
inline FieldValue toValue(const std::vector<std::string>& texts) { return texts; }
inline FieldValue toValue(bool flag) { return flag; }
inline FieldValue toValue(std::uint32_t count) { return std::int64_t{count}; }
template <typename Rep, typename Period>
FieldValue toValue(std::chrono::duration<Rep, Period> time) {
    return std::int64_t{std::chrono::duration_cast<std::chrono::seconds>(time).count()};
}
template <typename Enum>
requires std::is_enum_v<Enum> FieldValue toValue(Enum value) { return std::string{wordOf(value)}; }
inline FieldValue toValue(const NumberClasses& classes) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < classes.size(); ++i) {
        if (classes[i]) words.emplace_back(kClassWords[i]);
    }
    return words;
}

template <typename T>
void fromValue(T& to, FieldValue value) {
    if constexpr (std::is_same_v<T, std::uint32_t>) {
        to = static_cast<std::uint32_t>(std::get<std::int64_t>(value));
    } else if constexpr (std::is_enum_v<T>) {
        const auto words = wordsOf(T{});
        const auto found = std::find(words.begin(), words.end(), std::get<std::string>(value));
        if (found != words.end()) to = static_cast<T>(found - words.begin());
    } else if constexpr (std::is_same_v<T, NumberClasses>) {
        to.reset();
        for (const auto& word : std::get<std::vector<std::string>>(value)) {
            const auto* found = std::find(std::begin(kClassWords), std::end(kClassWords), word);
            if (found != std::end(kClassWords)) to.set(static_cast<std::size_t>(found - std::begin(kClassWords)));
        }
    } else if constexpr (requires {
                             to.count();
                             typename T::period;
                         }) {
        to = std::chrono::duration_cast<T>(std::chrono::seconds{std::get<std::int64_t>(value)});
    } else {
        to = std::get<T>(std::move(value));
    }
}

/// entry.*First.*Rest…
template <auto First, auto... Rest>
struct Path {
    using Entry = typename MemberOf<decltype(First)>::Entry;
    template <typename Object>
    static auto& of(Object& object) {
        if constexpr (sizeof...(Rest) == 0) {
            return object.*First;
        } else {
            return Path<Rest...>::of(object.*First);
        }
    }
};

/// The declaration `is` with access to a member, which may lie within another.
template <auto... Members>
[[nodiscard]] Field at(Field is) {
    using Way = Path<Members...>;
    using Entry = typename Way::Entry;
    is.get = [](const void* entry) { return toValue(Way::of(*static_cast<const Entry*>(entry))); };
    is.set = [](void* entry, FieldValue value) { fromValue(Way::of(*static_cast<Entry*>(entry)), std::move(value)); };
    is.same = [](const void* one, const void* other) {
        return Way::of(*static_cast<const Entry*>(one)) == Way::of(*static_cast<const Entry*>(other));
    };
    return is;
}

/// The table `is` with access to its entries, a map of the plan; `Key` is the member that repeats the map's key.
template <auto Map, auto Key>
[[nodiscard]] Table in(Table is) {
    using Entries = typename MemberOf<decltype(Map)>::Value;
    using Entry = typename Entries::mapped_type;
    static const Entry kBlank{};
    is.blank = &kBlank;
    is.find = [](const Plan& plan, const std::string& key) -> const void* {
        const auto found = (plan.*Map).find(key);
        return found == (plan.*Map).end() ? nullptr : &found->second;
    };
    is.insert = [](Plan& plan, const std::string& key) -> void* {
        auto& entry = (plan.*Map)[key];
        entry.*Key = key;
        return &entry;
    };
    is.erase = [](Plan& plan, const std::string& key) { return (plan.*Map).erase(key) > 0; };
    is.pairs = [](const Plan& before, const Plan& after, const OnPair& take) {
        auto old = (before.*Map).begin();
        auto next = (after.*Map).begin();
        const auto noMore = (before.*Map).end();
        const auto end = (after.*Map).end();
        while (old != noMore || next != end) {
            const int order = old == noMore ? 1 : next == end ? -1 : old->first.compare(next->first);
            const auto& key = order > 0 ? next->first : old->first;
            take(key, order <= 0 ? &old->second : nullptr, order >= 0 ? &next->second : nullptr);
            if (order <= 0) ++old;
            if (order >= 0) ++next;
        }
    };
    return is;
}

}  // namespace beffroi::directory
