// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The library's tree is walked once; nothing of it is kept.

#include "config/toml_text.hpp"

#include "config/value.hpp"

#define TOML_HEADER_ONLY 0
#include <toml++/toml.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace beffroi::config {
namespace {

class Walk {
public:
    Walk(std::string_view text, std::string name) : name_{std::move(name)} {
        while (!text.empty()) {
            const auto end = text.find('\n');
            auto line = text.substr(0, end);
            if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
            lines_.push_back(line);
            text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        }
    }

    void visit(const toml::table& table, const std::string& prefix) {
        for (const auto& [key, node] : table) {
            TomlItem item;
            item.path = prefix + partOf(key.str());
            item.keyPlace = placeOf(key.source());
            item.valuePlace = placeOf(node.source());
            item.type = typeOf(node);
            const auto* inner = node.as_table();
            if (inner != nullptr) item.kind = TomlItem::Kind::Table;
            read(node, item);
            const auto path = item.path + '.';
            items_.push_back(std::move(item));
            if (inner != nullptr) visit(*inner, path);
        }
    }

    [[nodiscard]] std::vector<TomlItem> inOrder() {
        std::stable_sort(items_.begin(), items_.end(), [](const TomlItem& a, const TomlItem& b) {
            return std::tie(a.keyPlace.line, a.keyPlace.column) < std::tie(b.keyPlace.line, b.keyPlace.column);
        });
        return std::move(items_);
    }

    [[nodiscard]] Place placeOf(const toml::source_region& region) const {
        const auto line = static_cast<std::size_t>(region.begin.line);
        Place place{name_, line, static_cast<std::size_t>(region.begin.column), {}};
        if (line > 0 && line <= lines_.size()) place.source = lines_[line - 1];
        return place;
    }

private:
    // A quoted key with a dot in it is not a key in a table.
    static std::string partOf(std::string_view key) {
        return key.find('.') == std::string_view::npos ? std::string{key} : inQuotes(key);
    }

    static std::string_view typeOf(const toml::node& node) {
        switch (node.type()) {
            case toml::node_type::table: return "a table";
            case toml::node_type::array: return "a list";
            case toml::node_type::string: return "a text";
            case toml::node_type::integer: return "a whole number";
            case toml::node_type::floating_point: return "a number with a fraction";
            case toml::node_type::boolean: return "true or false";
            default: return "a date or time";
        }
    }

    void read(const toml::node& node, TomlItem& item) const {
        if (const auto* boolean = node.as_boolean()) item.written = boolean->get();
        if (const auto* integer = node.as_integer()) item.written = integer->get();
        if (const auto* text = node.as_string()) item.written = text->get();
        if (const auto* list = node.as_array()) readList(*list, item);
    }

    void readList(const toml::array& list, TomlItem& item) const {
        std::vector<std::string> elements;
        for (const auto& element : list) {
            if (!element.is_string()) {
                item.type = "a list that holds something else";
                item.valuePlace = placeOf(element.source());
                return;
            }
            elements.push_back(element.as_string()->get());
        }
        item.written = std::move(elements);
    }

    std::string name_;
    std::vector<std::string_view> lines_;
    std::vector<TomlItem> items_;
};

}  // namespace

std::vector<TomlItem> parseToml(std::string_view text, const std::string& name) {
    Walk walk{text, name};
    try {
        walk.visit(toml::parse(text, name), "");
    } catch (const toml::parse_error& error) {
        throw ConfigError{Mistake{walk.placeOf(error.source()), std::string{error.description()}, {}}};
    }
    return walk.inOrder();
}

}  // namespace beffroi::config
