// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What holds for every option, whatever its type.

#include "config/schema.hpp"

#include "base/assert.hpp"

#include <utility>

namespace beffroi::config {
namespace {

constexpr auto kUnlimited = std::numeric_limits<std::int64_t>::max();

bool isKebabCase(std::string_view word) {
    return !word.empty() && word.front() >= 'a' && word.front() <= 'z' && word.back() != '-' &&
           std::all_of(word.begin(), word.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

// What the bounds limit: the number, or the length.
struct Measure {
    std::int64_t operator()(bool value) const { return value ? 1 : 0; }
    std::int64_t operator()(std::int64_t value) const { return value; }
    std::int64_t operator()(std::chrono::milliseconds value) const { return value.count(); }
    std::int64_t operator()(Bytes value) const { return value.count; }
    std::int64_t operator()(const std::string& value) const { return static_cast<std::int64_t>(value.size()); }
    std::int64_t operator()(const std::vector<std::string>& value) const {
        return static_cast<std::int64_t>(value.size());
    }
};

// A bound as it is written in a file.
std::string boundInFile(const Value& like, std::int64_t bound) {
    if (std::holds_alternative<std::chrono::milliseconds>(like)) return inFile(std::chrono::milliseconds{bound});
    if (std::holds_alternative<Bytes>(like)) return inFile(Bytes{bound});
    return std::to_string(bound);
}

}  // namespace

std::string Schema::Entry::range() const {
    if (std::holds_alternative<bool>(fallback)) return {};
    const bool isText = std::holds_alternative<std::string>(fallback);
    const bool isList = std::holds_alternative<std::vector<std::string>>(fallback);
    if ((isText || isList) && least == 0 && most == static_cast<std::int64_t>(Lengths{}.most)) return {};
    std::string text = most == kUnlimited ? "at least " : "from ";
    text.append(boundInFile(fallback, least));
    if (most != kUnlimited) text.append(" to ").append(boundInFile(fallback, most));
    return text.append(isText ? " characters" : isList ? " elements" : "");
}

std::string Schema::Entry::objection(const Value& value) const {
    const auto measure = std::visit(Measure{}, value);
    if (measure < least || measure > most) {
        const auto accepted = range();
        return "must be " + (accepted.empty() ? "shorter" : accepted);
    }
    return check ? check(value) : std::string{};
}

Schema& Schema::add(Entry entry) {
    BEFFROI_ASSERT(entry.key.find('.') != std::string_view::npos);
    BEFFROI_ASSERT(isKebabCase(entry.section()) && isKebabCase(entry.name()) && !entry.help.empty());
    BEFFROI_ASSERT(entry.objection(entry.fallback).empty());
    if (const auto* known = find(entry.key)) {
        BEFFROI_ASSERT(known->key.data() == entry.key.data() || known->help == entry.help);
        return *this;
    }
    entries_.push_back(std::move(entry));
    return *this;
}

const Schema::Entry* Schema::find(std::string_view key) const noexcept {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [key](const Entry& e) { return e.key == key; });
    return found == entries_.end() ? nullptr : &*found;
}

std::vector<std::string_view> Schema::sections() const {
    std::vector<std::string_view> all;
    for (const auto& entry : entries_) {
        if (std::find(all.begin(), all.end(), entry.section()) == all.end()) all.push_back(entry.section());
    }
    return all;
}

}  // namespace beffroi::config
