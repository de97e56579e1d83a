// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What only a plan file knows: where each thing stands in it, and the secrets that the plan itself never holds. Empty
// in a plan from the database, and no part of a comparison. Thread: any; values.
#pragma once

#include "directory/plan_table.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace beffroi::directory {

/// Where something stands in a plan file; counted from 1. Line 0: in no file.
struct PlanPlace {
    std::size_t line = 0;
    std::size_t column = 0;
};

/// One thing that can be wrong: an entry, one of its keys, or an element of a list.
struct PlanSpot {
    static constexpr std::size_t kWhole = std::numeric_limits<std::uint16_t>::max();

    TableId table = TableId::Town;
    std::string entry{};     // its key; empty for [town]
    std::string_view key{};  // "forward-busy"; the entry's own key stands for the entry
    std::size_t element = kWhole;
    std::size_t offset = 0;  // characters into a text in quotes
};

/// Where the entries of a file stand.
class PlanPlaces {
public:
    /// The first that is added of an entry is its own; `key` is one of the language's.
    void add(TableId table, const std::string& entry, std::string_view key, std::size_t element, PlanPlace place);
    /// The nearest thing known: the list for an element, the entry for a key that is not written.
    [[nodiscard]] PlanPlace find(const PlanSpot& spot) const;

private:
    struct Known {
        std::string_view key{};  // of the language
        std::size_t element = PlanSpot::kWhole;
        PlanPlace place;
    };
    std::map<TableId, std::unordered_map<std::string, std::vector<Known>>> entries_;
};

struct PlanNotes {
    PlanPlaces places;
    std::set<std::tuple<TableId, std::string, std::string_view>> wrong;  // keys whose values could not be read
    std::set<std::string> withoutMd5;                                    // accounts that say md5 = false
    std::set<std::string> withoutPassword;                               // accounts that say password = false
    std::set<std::string> withoutPin;                                    // people who say pin = false
    std::map<std::string, std::string> pins;  // by person: in clear, until plan_secrets makes hashes of them
    std::vector<std::string> warnings;        // "file:line:column: warning: …"; the plan is good all the same
};

}  // namespace beffroi::directory
