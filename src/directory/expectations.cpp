// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/expectations.hpp"

#include "config/nearest.hpp"

#define TOML_HEADER_ONLY 0
#include <toml++/toml.h>

namespace beffroi::directory {
namespace {

class ExpectationReader {
public:
    explicit ExpectationReader(const std::string& file) : file_{file} {}

    std::variant<std::vector<Expectation>, std::vector<PlanMistake>> read(std::string_view text) {
        try {
            readTop(toml::parse(text, file_));
        } catch (const toml::parse_error& error) {
            complain(error.source(), std::string{error.description()});
        }
        if (!mistakes_.empty()) return std::move(mistakes_);
        return std::move(expectations_);
    }

private:
    void complain(const toml::source_region& place, std::string text) {
        mistakes_.push_back({file_, place.begin.line, place.begin.column, std::move(text)});
    }

    void readTop(const toml::table& file) {
        for (const auto& [key, node] : file) {
            const auto* entries = node.as_array();
            if (key.str() != "expect" || entries == nullptr) {
                complain(key.source(), "there is nothing here but [[expect]] entries");
                continue;
            }
            for (const auto& entry : *entries) {
                if (const auto* table = entry.as_table()) {
                    readEntry(*table);
                } else {
                    complain(entry.source(), "an expectation is a table: { from = …, number = …, result = … }");
                }
            }
        }
    }

    void readEntry(const toml::table& table) {
        Expectation expectation;
        expectation.line = table.source().begin.line;
        for (const auto& [key, node] : table) {
            if (key.str() == "from") {
                expectation.from = text(node);
            } else if (key.str() == "number") {
                expectation.number = text(node);
            } else if (key.str() == "at") {
                expectation.at = text(node);
            } else if (key.str() == "result") {
                readResults(node, expectation.results);
            } else {
                const auto near = config::nearest(key.str(), {"from", "number", "at", "result"});
                complain(key.source(), "unknown key \"" + std::string{key.str()} + "\" in an expectation" +
                                           (near.empty() ? "" : "; did you mean \"" + std::string{near} + "\"?"));
            }
        }
        const auto needs = [&](bool there, const char* key) {
            if (!there) complain(table.source(), "an expectation needs `" + std::string{key} + '`');
        };
        needs(!expectation.from.empty(), "from");
        needs(!expectation.number.empty(), "number");
        needs(!expectation.at.empty(), "at");  // or the plan would be right on some days only
        needs(!expectation.results.empty(), "result");
        expectations_.push_back(std::move(expectation));
    }

    std::string text(const toml::node& node) {
        if (const auto value = node.value<std::string_view>(); value && node.is_string()) return std::string{*value};
        complain(node.source(), "must be a text");
        return "?";
    }

    void readResults(const toml::node& node, std::vector<std::string>& results) {
        const auto* list = node.as_array();
        if (list == nullptr) return results.push_back(text(node));
        for (const auto& each : *list) results.push_back(text(each));
    }

    const std::string& file_;
    std::vector<Expectation> expectations_;
    std::vector<PlanMistake> mistakes_;
};

}  // namespace

std::variant<std::vector<Expectation>, std::vector<PlanMistake>> readExpectations(std::string_view text,
                                                                                  const std::string& file) {
    return ExpectationReader{file}.read(text);
}

}  // namespace beffroi::directory
