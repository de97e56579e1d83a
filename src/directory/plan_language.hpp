// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The language of the plan, declared once: its tables, their keys, what each may be, and where its value lives. Reader,
// writer, difference, the rows of the database, the columns of a CSV file, `beffroi plan set` and the reference in
// docs/plan.md are made from it.
// Thread: any; constants.
#pragma once

#include "directory/plan_table.hpp"
#include "directory/plan_words.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace beffroi::directory {

struct Plan;

/// A value on its way between file, memory and database. Durations are seconds, enumerations their words.
using FieldValue = std::variant<std::string, std::vector<std::string>, std::int64_t, bool>;

enum class FieldType : std::uint8_t {
    Text,        // one line
    Identifier,  // a name that stands in SIP URIs and on command lines
    Digits,      // an internal number
    Outside,     // a number outside, kept as E.164
    Outsides,    // several of them, or ranges "FIRST-LAST"
    Count,
    Duration,
    Flag,
    Choice,  // one of a few words
    Choices,
    Texts,  // lines that somebody else reads
    Reference,
    References,
    Target,  // plan_target.hpp
    Targets,
    Secret,  // never shown: a digest
    InFile   // only a file says it, the reader knows how: password, md5, pin
};

struct Field {
    std::string_view key;
    FieldType type = FieldType::Text;
    std::string_view help{};         // one sentence without its full stop
    TableId refers = TableId::Town;  // of Reference and References
    std::int64_t least = 0;          // of Count and Duration (seconds)
    std::int64_t most = 0;
    Words words{};                                            // of Choice and Choices
    std::string_view example{};                               // how a value is written, where the type does not say it
    std::string (*refuses)(std::string_view text) = nullptr;  // what is expected instead; empty: accepted. May be null
    unsigned kinds = ~0U;                                     // bit n: extensions of kind n have it
    std::string_view onlyFor{};                               // said of the others
    bool required = false;

    FieldValue (*get)(const void* entry) = nullptr;  // null: InFile
    void (*set)(void* entry, FieldValue value) = nullptr;
    bool (*same)(const void* one, const void* other) = nullptr;
};

using Fields = std::vector<Field>;

/// Called with an entry's key and the entry as it was and as it will be; one of the two may be null.
using OnPair = std::function<void(const std::string& key, const void* before, const void* after)>;

/// A table; an entry is passed as a pointer to its struct (Site, Person …; Plan itself for [town]).
struct Table {
    TableId id = TableId::Town;
    std::string_view name{};     // "class-of-service"
    std::string_view article{};  // "a" class of service
    std::string_view words{};    // "class of service"
    std::string_view sqlName{};  // "classes_of_service"
    std::string_view help{};
    Fields fields{};  // the entry's own key first, but for [town], which has none

    const void* blank = nullptr;  // an entry of which nothing is said
    const void* (*find)(const Plan& plan, const std::string& key) = nullptr;
    void* (*insert)(Plan& plan, const std::string& key) = nullptr;  // or the one that is there
    bool (*erase)(Plan& plan, const std::string& key) = nullptr;
    void (*pairs)(const Plan& before, const Plan& after, const OnPair& take) = nullptr;  // in the order of keys

    [[nodiscard]] const Field* field(std::string_view key) const noexcept;
    [[nodiscard]] const Field& keyField() const noexcept { return fields.front(); }
    [[nodiscard]] bool isSingle() const noexcept { return id == TableId::Town; }
};

/// In the order of a plan file; what others refer to comes first.
[[nodiscard]] std::span<const Table> planTables();
[[nodiscard]] const Table& planTable(TableId id);
/// Null for a name that is none.
[[nodiscard]] const Table* planTable(std::string_view name);

/// Whether nothing was said of the field in this entry.
[[nodiscard]] inline bool isBlank(const Table& table, const Field& field, const void* entry) {
    return field.same(entry, table.blank);
}

/// The value as people read it: lists separated by ", ", durations as "20s". Empty for what is not said.
[[nodiscard]] std::string shown(const Field& field, const FieldValue& value);

/// The text of one value as it stands on a command line or in a cell of a spreadsheet; elements of a list are separated
/// by ',' or ';'. Not checked yet (plan_values.hpp).
[[nodiscard]] std::variant<FieldValue, std::string> valueFrom(const Field& field, std::string_view text);

}  // namespace beffroi::directory
