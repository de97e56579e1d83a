// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/plan_reference.hpp"

#include "directory/plan_formats.hpp"
#include "directory/plan_language.hpp"

namespace beffroi::directory {
namespace {

std::string code(std::string_view text) { return '`' + std::string{text} + '`'; }

std::string nameOf(const Table& table) {
    return table.isSingle() ? '[' + std::string{table.name} + ']' : "[[" + std::string{table.name} + "]]";
}

std::string choice(Words words) {
    std::string text;
    for (const auto word : words) text.append(text.empty() ? "" : ", ").append(code(word));
    return text;
}

std::string typeOf(const Field& field) {
    switch (field.type) {
        case FieldType::Identifier: return "name";
        case FieldType::Digits: return "digits";
        case FieldType::Outside: return "number outside";
        case FieldType::Outsides: return "list of numbers outside and ranges";
        case FieldType::Count: return std::to_string(field.least) + " to " + std::to_string(field.most);
        case FieldType::Duration: return durationText(field.least) + " to " + durationText(field.most);
        case FieldType::Flag: return "`true` or `false`";
        case FieldType::Choice: return choice(field.words);
        case FieldType::Choices: return "list of [classes](numbers.md#classes)";
        case FieldType::Texts: return "list of texts";
        case FieldType::Reference: return code(nameOf(planTable(field.refers)));
        case FieldType::References: return "list of " + code(nameOf(planTable(field.refers)));
        case FieldType::Target: return "target";
        case FieldType::Targets: return "list of targets";
        case FieldType::InFile: return std::string{field.example};
        case FieldType::Text:
        case FieldType::Secret: break;
    }
    return "text";
}

std::string rowOf(const Field& field) {
    auto type = typeOf(field);
    if (field.type != FieldType::InFile && !field.example.empty()) type.append(": ").append(field.example);
    return "| " + code(field.key) + " | " + type + " | " + std::string{field.help} +
           (field.required ? ". Needed" : "") + " |\n";
}

}  // namespace

std::string writePlanReference() {
    std::string text;
    for (const auto& table : planTables()) {
        text.append("### ").append(code(nameOf(table))).append("\n\n").append(table.help).append("\n\n");
        text += "| key | value | |\n|---|---|---|\n";
        for (const auto& field : table.fields) text += rowOf(field);
        text += '\n';
    }
    return text;
}

}  // namespace beffroi::directory
