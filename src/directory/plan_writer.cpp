// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A plan as text: the file that reads back to it, and what differs between two of them. Both follow the declaration.

#include "config/value.hpp"
#include "directory/plan.hpp"
#include "directory/plan_language.hpp"

namespace beffroi::directory {
namespace {

std::string inFile(const Field& field, const FieldValue& value) {
    if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return config::inFile(*list);
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    return field.type == FieldType::Count ? shown(field, value) : config::inQuotes(shown(field, value));
}

void writeEntry(std::string& text, const Table& table, const void* entry) {
    text.append(table.isSingle() ? "\n[" : "\n[[").append(table.name).append(table.isSingle() ? "]\n" : "]]\n");
    for (const auto& field : table.fields) {
        if (field.type == FieldType::InFile || isBlank(table, field, entry)) continue;
        text.append(field.key).append(" = ").append(inFile(field, field.get(entry))).append("\n");
    }
}

std::string describe(const Table& table, const void* entry) {
    std::string text;
    for (const auto& field : table.fields) {
        const bool isKey = &field == &table.keyField();
        if (isKey || field.type == FieldType::InFile || field.type == FieldType::Secret) continue;
        if (isBlank(table, field, entry)) continue;
        text.append(" ").append(field.key).append("=").append(config::inQuotes(shown(field, field.get(entry))));
    }
    return text;
}

std::string_view secretName(const Table& table) { return table.id == TableId::Person ? "PIN" : "password"; }

std::string changes(const Table& table, const void* before, const void* after) {
    std::string text;
    bool secret = false;
    for (const auto& field : table.fields) {
        if (field.type == FieldType::InFile || field.same(before, after)) continue;
        if (field.type == FieldType::Secret) {
            secret = true;
            continue;
        }
        text.append(text.empty() ? " " : ", ").append(field.key).append(" ");
        text.append(config::inQuotes(shown(field, field.get(before)))).append(" → ");
        text.append(config::inQuotes(shown(field, field.get(after))));
    }
    if (secret) text.append(text.empty() ? " " : ", ").append(secretName(table)).append(" changed");
    return text;
}

}  // namespace

std::string PlanMistake::toString() const {
    if (line == 0) return text;
    return file + ':' + std::to_string(line) + ':' + std::to_string(column) + ": " + text;
}

std::string writePlan(const Plan& plan) {
    std::string text{"# The extension plan, as exported. Digests stand for passwords (docs/plan.md).\n"};
    static const Plan kNothing;
    for (const auto& table : planTables()) {
        table.pairs(kNothing, plan, [&text, &table](const std::string&, const void*, const void* entry) {
            writeEntry(text, table, entry);
        });
    }
    return text;
}

std::vector<std::string> difference(const Plan& current, const Plan& wanted) {
    std::vector<std::string> lines;
    for (const auto& table : planTables()) {
        const std::string what{table.name};
        std::vector<std::string> rest;  // what goes is told first
        table.pairs(current, wanted, [&](const std::string& key, const void* before, const void* after) {
            const auto name = key.empty() ? what : what + ' ' + key;
            if (after == nullptr) {
                lines.push_back("- " + name + describe(table, before));
            } else if (before == nullptr) {
                rest.push_back("+ " + name + describe(table, after));
            } else if (const auto changed = changes(table, before, after); !changed.empty()) {
                rest.push_back("~ " + name + ':' + changed);
            }
        });
        lines.insert(lines.end(), rest.begin(), rest.end());
    }
    return lines;
}

}  // namespace beffroi::directory
