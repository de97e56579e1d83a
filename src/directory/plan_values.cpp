// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/plan_values.hpp"

#include "base/text.hpp"
#include "beffroi/announcements.hpp"
#include "beffroi/plan_target.hpp"
#include "config/nearest.hpp"
#include "config/value.hpp"
#include "directory/plan_formats.hpp"

#include <algorithm>
#include <charconv>

namespace beffroi::directory {
namespace {

using Strings = std::vector<std::string>;

// "phone, room or echo-test"
std::string choice(Words words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
        text += words[i];
    }
    return text;
}

std::string bounds(const Field& field) {
    if (field.type == FieldType::Duration) {
        return "a time from " + durationText(field.least) + " to " + durationText(field.most) +
               " is expected, such as \"" + durationText(std::max<std::int64_t>(field.least, 20)) + '"';
    }
    return "a whole number from " + std::to_string(field.least) + " to " + std::to_string(field.most) + " is expected";
}

std::string wrongWord(const Field& field, const std::string& word) {
    const std::string near{config::nearest(word, {field.words.begin(), field.words.end()})};
    return std::string{field.key} + ": \"" + word + "\" is none of " + choice(field.words) +
           (near.empty() ? "" : "; did you mean \"" + near + "\"?");
}

// An empty text: nothing is wrong.
ValueMistake settleOutside(std::string& number, const country::Country* country) {
    if (country == nullptr) {
        auto bare = withoutSeparators(number);
        if (!isE164(bare)) return {"\"" + number + "\" is no number outside; write it as \"+33327000100\""};
        number = std::move(bare);
        return {};
    }
    auto outside = country->readWritten(number);
    if (const auto* wrong = std::get_if<country::NumberMistake>(&outside)) {
        return {'"' + number + "\" " + std::string{toString(wrong->fault)}, PlanSpot::kWhole, wrong->offset};
    }
    auto& found = std::get<country::OutsideNumber>(outside);
    if (found.isShort()) return {'"' + number + "\" is a short number, by which nobody can be called from outside"};
    number = std::move(found.number);
    return {};
}

// "+33327000100-+33327000199": a dash within a number has a digit behind it and no '+' or trunk prefix, so the middle
// one of an odd number of dashes is the range's.
std::size_t rangeDash(std::string_view range) {
    if (const auto plus = range.find("-+"); plus != std::string_view::npos) return plus;
    const auto dashes = std::count(range.begin(), range.end(), '-');
    if (dashes % 2 == 0) return std::string_view::npos;
    auto dash = range.find('-');
    for (auto i = dashes / 2; i > 0; --i) dash = range.find('-', dash + 1);
    return dash;
}

ValueMistake settleRange(std::string& range, const country::Country* country) {
    const auto dash = rangeDash(range);
    if (dash == std::string::npos) return settleOutside(range, country);
    auto first = range.substr(0, dash);
    auto last = range.substr(dash + 1);
    if (auto wrong = settleOutside(first, country); !wrong.text.empty()) return wrong;
    if (auto wrong = settleOutside(last, country); !wrong.text.empty()) {
        wrong.offset += dash + 1;
        return wrong;
    }
    if (first.size() != last.size() || last < first)
        return {"\"" + range + "\" is no range: the last number is not behind the first"};
    range = first + '-' + last;
    return {};
}

std::string settleTarget(std::string& text) {
    const auto target = planTarget(text);
    switch (target.kind) {
        case PlanTarget::Kind::None: return {};
        case PlanTarget::Kind::OnCall:
            return isIdentifier(target.value) ? std::string{} : "on-call: is followed by the id of a rota";
        case PlanTarget::Kind::Announcement: {
            const bool good = announcements::isAnnouncement(target.value);
            return good ? std::string{} : "announcement: is followed by a name, or by several with '+' between them";
        }
        case PlanTarget::Kind::Number: break;
    }
    auto bare = withoutSeparators(text);
    const auto digits = std::string_view{bare}.substr(bare.starts_with('+') ? 1 : 0);
    if (!isDigits(digits) || digits.size() > 20)
        return "\"" + text + "\" is nothing to call: a number, announcement:NAME or on-call:ROTA is expected";
    text = std::move(bare);
    return {};
}

std::string withKey(const Field& field, const std::string& text) {
    return text.empty() ? text : std::string{field.key} + ": " + text;
}

std::string settleForm(const Table& table, const Field& field, std::string& text) {
    switch (field.type) {
        case FieldType::Identifier:
            if (text.empty() || isIdentifier(text)) return {};
            return '"' + text + "\" may only have letters, digits, '.', '-' and '_', 64 at most";
        case FieldType::Digits:
            if (isInternalNumber(text)) return {};
            return '"' + text + "\" is no " +
                   std::string{table.keyField().key == field.key ? table.words : "extension"} +
                   ": 2 to 15 digits are expected";
        case FieldType::Target:
        case FieldType::Targets: return withKey(field, settleTarget(text));
        case FieldType::Choice:
            if (std::find(field.words.begin(), field.words.end(), text) != field.words.end()) return {};
            return std::string{field.key} + " is " + choice(field.words) + ", not \"" + text + '"';
        case FieldType::Choices:
            if (std::find(field.words.begin(), field.words.end(), text) != field.words.end()) return {};
            return wrongWord(field, text);
        default: return field.refuses == nullptr ? std::string{} : withKey(field, field.refuses(text));
    }
}

ValueMistake settleOne(const Table& table, const Field& field, std::string& text, const country::Country* country) {
    if (!isOneLine(text)) return {withKey(field, "one line of at most 200 printable characters is expected")};
    const bool outside = field.type == FieldType::Outside;
    if (!outside && field.type != FieldType::Outsides) return {settleForm(table, field, text)};
    auto wrong = outside ? settleOutside(text, country) : settleRange(text, country);
    wrong.text = withKey(field, wrong.text);
    return wrong;
}

}  // namespace

std::optional<ValueMistake> settle(const Table& table, const Field& field, FieldValue& value,
                                   const country::Country* country) {
    if (auto* text = std::get_if<std::string>(&value)) {
        if (auto wrong = settleOne(table, field, *text, country); !wrong.text.empty()) return wrong;
        if (field.key == "certificate") *text = base::lowerCase(*text);  // RFC 5280 §7.2, RFC 5922 §7.2
    } else if (auto* list = std::get_if<Strings>(&value)) {
        for (std::size_t i = 0; i < list->size(); ++i) {
            auto& each = (*list)[i];
            auto wrong = each.empty() ? ValueMistake{withKey(field, "an element is empty")}
                                      : settleOne(table, field, each, country);
            wrong.element = i;
            if (!wrong.text.empty()) return wrong;
        }
    } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
        if (*number < field.least || *number > field.most) return ValueMistake{withKey(field, bounds(field))};
    }
    return std::nullopt;
}

std::optional<ValueMistake> settleKey(const Table& table, std::string& key, const country::Country* country) {
    FieldValue value{std::move(key)};
    auto mistake = settle(table, table.keyField(), value, country);
    key = std::get<std::string>(std::move(value));
    return mistake;
}

std::string expectedType(const Field& field) {
    switch (field.type) {
        case FieldType::Count:
        case FieldType::Duration: return std::string{field.key} + ": " + bounds(field);
        case FieldType::Flag: return std::string{field.key} + ": true or false is expected";
        case FieldType::Outsides:
        case FieldType::Choices:
        case FieldType::Texts:
        case FieldType::References:
        case FieldType::Targets:
            return std::string{field.key} + ": a list of texts is expected, such as [\"…\", \"…\"]";
        default: return std::string{field.key} + ": a text in quotes is expected";
    }
}

std::string shown(const Field& field, const FieldValue& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        if (*number == 0) return {};
        return field.type == FieldType::Duration ? durationText(*number) : std::to_string(*number);
    }
    std::string text;
    for (const auto& each : std::get<Strings>(value)) text.append(text.empty() ? "" : ", ").append(each);
    return text;
}

std::variant<FieldValue, std::string> valueFrom(const Field& field, std::string_view text) {
    switch (field.type) {
        case FieldType::Flag:
            if (text == "true" || text == "false") return FieldValue{text == "true"};
            return expectedType(field);
        case FieldType::Duration:
            if (const auto seconds = secondsFrom(text)) return FieldValue{*seconds};
            return expectedType(field);
        case FieldType::Count: {
            std::int64_t number = 0;
            const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
            if (result.ec != std::errc{} || result.ptr != text.data() + text.size()) return expectedType(field);
            return FieldValue{number};
        }
        case FieldType::Outsides:
        case FieldType::Choices:
        case FieldType::Texts:
        case FieldType::References:
        case FieldType::Targets: {
            std::string list{text};
            std::replace(list.begin(), list.end(), ';', ',');
            return FieldValue{config::splitList(list)};
        }
        default: return FieldValue{std::string{text}};
    }
}

}  // namespace beffroi::directory
