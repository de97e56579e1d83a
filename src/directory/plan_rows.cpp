// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/plan_rows.hpp"

#include "config/value.hpp"
#include "directory/plan_language.hpp"
#include "directory/session.hpp"

#include <algorithm>
#include <deque>
#include <initializer_list>
#include <optional>

namespace beffroi::directory {
namespace {

using Strings = std::vector<std::string>;

constexpr std::string_view kTownId = "town";

std::string columnOf(std::string_view key) {
    std::string column{key};
    std::replace(column.begin(), column.end(), '-', '_');
    return column;
}

// A statement: names are those of the declaration, every value is bound.
std::string joined(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const auto part : parts) text.append(part);
    return text;
}

bool isNumeric(FieldType type) {
    return type == FieldType::Count || type == FieldType::Duration || type == FieldType::Flag;
}

bool isList(FieldType type) {
    return type == FieldType::Outsides || type == FieldType::Choices || type == FieldType::Texts ||
           type == FieldType::References || type == FieldType::Targets;
}

std::string listText(const Strings& list) {
    std::string text{'['};
    for (const auto& each : list) text.append(text.size() > 1 ? "," : "").append(config::inQuotes(each));
    return text + ']';
}

// What listText() and SQLite's JSON functions write of texts without control characters.
std::optional<Strings> listFrom(std::string_view text) {
    Strings list;
    if (!text.starts_with('[') || !text.ends_with(']') || text.size() < 2) return std::nullopt;
    text = text.substr(1, text.size() - 2);
    while (!text.empty()) {
        if (!list.empty()) {
            if (text.front() != ',') return std::nullopt;
            text.remove_prefix(1);
        }
        if (!text.starts_with('"')) return std::nullopt;
        text.remove_prefix(1);
        auto& element = list.emplace_back();
        while (!text.empty() && text.front() != '"') {
            if (text.front() == '\\') text.remove_prefix(1);
            if (text.empty()) return std::nullopt;
            element += text.front();
            text.remove_prefix(1);
        }
        if (text.empty()) return std::nullopt;
        text.remove_prefix(1);
    }
    return list;
}

// The columns of a table with a variable for each, to which statements are bound.
class Row {
public:
    explicit Row(const Table& table) : table_{table} {
        if (table.isSingle()) cells_.emplace_back(nullptr).text = kTownId;
        for (const auto& field : table.fields) {
            if (field.type != FieldType::InFile) cells_.emplace_back(&field);
        }
    }

    [[nodiscard]] std::string columns() const {
        std::string list;
        for (const auto& cell : cells_) list.append(list.empty() ? "" : ", ").append(cell.column);
        return list;
    }

    [[nodiscard]] std::string upsert() const {
        std::string values;
        std::string changes;
        for (const auto& cell : cells_) {
            values.append(values.empty() ? ":" : ", :").append(cell.column);
            if (&cell == &cells_.front()) continue;
            changes.append(changes.empty() ? "" : ", ").append(cell.column).append(" = excluded.").append(cell.column);
        }
        return joined({"INSERT INTO ", table_.sqlName, " (", columns(), ") VALUES (", values, ") ON CONFLICT (",
                       cells_.front().column, ") DO UPDATE SET ", changes});
    }

    [[nodiscard]] std::string select() const { return joined({"SELECT ", columns(), " FROM ", table_.sqlName}); }

    void useIn(soci::statement& statement) {
        for (auto& cell : cells_) {
            if (cell.numeric) {
                statement.exchange(soci::use(cell.number, cell.column));
            } else {
                statement.exchange(soci::use(cell.text, cell.column));
            }
        }
    }

    void fillFrom(soci::statement& statement) {
        for (auto& cell : cells_) {
            if (cell.numeric) {
                statement.exchange(soci::into(cell.number));
            } else {
                statement.exchange(soci::into(cell.text));
            }
        }
    }

    void take(const void* entry) {
        for (auto& cell : cells_) {
            if (cell.field == nullptr) continue;
            const auto value = cell.field->get(entry);
            if (const auto* text = std::get_if<std::string>(&value)) cell.text = *text;
            if (const auto* list = std::get_if<Strings>(&value)) cell.text = listText(*list);
            if (const auto* number = std::get_if<std::int64_t>(&value)) cell.number = *number;
            if (const auto* flag = std::get_if<bool>(&value)) cell.number = *flag ? 1 : 0;
        }
    }

    void giveTo(Plan& plan) const {
        void* entry = table_.insert(plan, cells_.front().text);
        for (const auto& cell : cells_) {
            if (cell.field == nullptr || (cell.numeric ? cell.number == 0 : cell.text.empty())) continue;
            cell.field->set(entry, valueOf(cell));
        }
    }

private:
    struct Cell {
        explicit Cell(const Field* which)
            : field{which},
              column{which == nullptr ? "id" : columnOf(which->key)},
              numeric{which != nullptr && isNumeric(which->type)} {}
        const Field* field;
        std::string column;
        bool numeric;
        std::string text{};
        long long number = 0;
    };

    [[nodiscard]] FieldValue valueOf(const Cell& cell) const {
        const auto& field = *cell.field;
        if (field.type == FieldType::Flag) return cell.number != 0;
        if (cell.numeric) return static_cast<std::int64_t>(cell.number);
        const bool known = field.type != FieldType::Choice ||
                           std::find(field.words.begin(), field.words.end(), cell.text) != field.words.end();
        if (!known) refuse(cell);
        if (!isList(field.type)) return cell.text;
        auto list = listFrom(cell.text);
        if (!list) refuse(cell);
        return std::move(*list);
    }

    [[noreturn]] void refuse(const Cell& cell) const {
        throw DatabaseError{Fault::Corrupt, "the plan has " + std::string{table_.article} + ' ' +
                                                std::string{table_.words} + " of " + cell.column + ' ' + cell.text};
    }

    const Table& table_;
    std::deque<Cell> cells_;  // the key first; bound by address
};

void readTable(soci::session& sql, const Table& table, Plan& plan) {
    Row row{table};
    soci::statement statement{sql};
    row.fillFrom(statement);
    statement.alloc();
    statement.prepare(row.select());
    statement.define_and_bind();
    statement.execute();
    while (statement.fetch()) row.giveTo(plan);
}

bool differs(const Table& table, const void* before, const void* after) {
    return before == nullptr ||
           std::any_of(table.fields.begin(), table.fields.end(), [before, after](const Field& field) {
               return field.type != FieldType::InFile && !field.same(before, after);
           });
}

/// The keys of the entries that are in no plan any more.
Strings writeTable(soci::session& sql, const Table& table, const Plan& current, const Plan& wanted) {
    Strings gone;
    Row row{table};
    std::optional<soci::statement> upsert;
    table.pairs(current, wanted, [&](const std::string& key, const void* before, const void* after) {
        if (after == nullptr) {
            gone.push_back(key);
        } else if (differs(table, before, after)) {
            row.take(after);
            if (!upsert) {
                upsert.emplace(sql);
                row.useIn(*upsert);
                upsert->alloc();
                upsert->prepare(row.upsert());
                upsert->define_and_bind();
            }
            upsert->execute(true);
        }
    });
    return gone;
}

}  // namespace

Plan readRows(Session& session) {
    Plan plan;
    for (const auto& table : planTables()) readTable(session.sql(), table, plan);
    return plan;
}

void writeRows(Session& session, const Plan& current, const Plan& wanted) {
    const auto tables = planTables();
    std::vector<Strings> gone;
    for (const auto& table : tables) gone.push_back(writeTable(session.sql(), table, current, wanted));
    for (auto i = tables.size(); i-- > 0;) {  // first what refers, then what is referred to
        for (const auto& key : gone[i]) {
            session.sql() << joined(
                {"DELETE FROM ", tables[i].sqlName, " WHERE ", columnOf(tables[i].keyField().key), " = :key"}),
                soci::use(key, "key");
        }
    }
}

}  // namespace beffroi::directory
