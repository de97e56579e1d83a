// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A spreadsheet merged into the plan: its first row names keys of the language, each further row entries.

#include "config/nearest.hpp"
#include "directory/csv.hpp"
#include "directory/plan_editor.hpp"

#include <algorithm>
#include <map>

namespace beffroi::directory {
namespace {

constexpr std::string_view kNothing = "-";

class TableImport {
public:
    TableImport(PlanEditor& editor, const Csv& csv) : editor_{editor}, csv_{csv} {}

    void run() {
        if (csv_.rows.empty())
            return editor_.complain({1, 1}, "a table begins with a row of keys, such as extension.number");
        if (!readHeader(csv_.rows.front())) return;
        for (std::size_t i = 1; i < csv_.rows.size(); ++i) readRow(csv_.rows[i]);
    }

private:
    struct Column {
        const Table* table = nullptr;
        const Field* field = nullptr;
    };
    struct Group {
        std::size_t key = 0;  // column of the entry's key
        bool hasKey = false;
        PlanPlace place;
    };

    bool readHeader(const CsvRow& header) {
        bool good = true;
        for (std::size_t i = 0; i < header.size(); ++i) {
            const auto column = columnOf(header[i]);
            const bool known = column.table != nullptr;
            const bool twice = known && std::any_of(columns_.begin(), columns_.end(), [&column](const Column& each) {
                                   return each.field == column.field;
                               });
            if (twice) editor_.complain(header[i].place, '"' + header[i].text + "\" stands twice");
            good = good && known && !twice;
            columns_.push_back(column);
            if (!known) continue;
            auto& group = groups_.emplace(column.table->id, Group{0, false, header[i].place}).first->second;
            if (column.field == &column.table->keyField()) {
                group.key = i;
                group.hasKey = true;
            }
        }
        for (const auto& [id, group] : groups_) {
            if (group.hasKey) continue;
            const auto& table = planTable(id);
            editor_.complain(group.place, "the column " + std::string{table.name} + '.' +
                                              std::string{table.keyField().key} + " is missing");
            good = false;
        }
        return good;
    }

    Column columnOf(const CsvCell& cell) {
        const auto dot = cell.text.find('.');
        const auto* table = planTable(std::string_view{cell.text}.substr(0, dot));
        const auto* field = table == nullptr || table->isSingle() || dot == std::string::npos
                                ? nullptr
                                : table->field(std::string_view{cell.text}.substr(dot + 1));
        if (field != nullptr) return {table, field};
        std::vector<std::string> names;
        for (const auto& each : planTables()) {
            for (const auto& key : each.fields) {
                if (!each.isSingle()) names.push_back(std::string{each.name} + '.' + std::string{key.key});
            }
        }
        const std::string near{config::nearest(cell.text, {names.begin(), names.end()})};
        editor_.complain(cell.place, "unknown column \"" + cell.text + '"' +
                                         (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
        return {};
    }

    void readRow(const CsvRow& row) {
        if (row.size() != columns_.size()) {
            return editor_.complain(row.front().place, std::to_string(columns_.size()) +
                                                           " cells are expected, as in the first row, not " +
                                                           std::to_string(row.size()));
        }
        std::map<TableId, std::string> keys;
        for (const auto& [id, group] : groups_) {
            const auto& cell = row[group.key];
            if (cell.text.empty()) {
                complainOfRest(id, row, cell.place);
            } else if (auto key = editor_.open(planTable(id), cell.text, cell.place); !key.empty()) {
                keys.emplace(id, std::move(key));
            }
        }
        join(keys, TableId::Extension, TableId::Device, "extension", row);
        join(keys, TableId::Person, TableId::Extension, "person", row);
        for (std::size_t i = 0; i < row.size(); ++i) {
            const auto& column = columns_[i];
            const auto key = keys.find(column.table->id);
            if (key == keys.end() || row[i].text.empty() || column.field == &column.table->keyField()) continue;
            editor_.set(*column.table, key->second, column.field->key,
                        row[i].text == kNothing ? std::string_view{} : row[i].text, row[i].place);
        }
    }

    void complainOfRest(TableId id, const CsvRow& row, PlanPlace place) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (columns_[i].table->id != id || row[i].text.empty()) continue;
            const auto& table = planTable(id);
            return editor_.complain(
                place, "this " + std::string{table.words} + " has no " + std::string{table.keyField().key});
        }
    }

    // Who stands in one row belongs together, unless a column says otherwise.
    void join(const std::map<TableId, std::string>& keys, TableId from, TableId to, std::string_view field,
              const CsvRow& row) {
        const auto one = keys.find(from);
        const auto other = keys.find(to);
        const auto* told = planTable(to).field(field);
        if (one == keys.end() || other == keys.end()) return;
        if (std::any_of(columns_.begin(), columns_.end(), [told](const Column& each) { return each.field == told; }))
            return;
        editor_.set(planTable(to), other->second, field, one->second, row[groups_.at(to).key].place);
    }

    PlanEditor& editor_;
    const Csv& csv_;
    std::vector<Column> columns_;
    std::map<TableId, Group> groups_;
};

}  // namespace

PlanResult importTable(const Plan& current, std::string_view text, const std::string& file,
                       const PlanKnowledge& knowledge) {
    PlanEditor editor{current, file, knowledge};
    const auto csv = readCsv(text);
    for (const auto& mistake : csv.mistakes) editor.complain(mistake.place, mistake.text);
    if (csv.mistakes.empty()) TableImport{editor, csv}.run();
    return editor.finish();
}

}  // namespace beffroi::directory
