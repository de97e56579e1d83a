// SPDX-License-Identifier: AGPL-3.0-or-later

#include "config/settings.hpp"
#include "unit/config/example_options.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>
#include <string>

using namespace beffroi::config;
using Catch::Matchers::Contains;

namespace {

// The lines "#name = value" as an administrator would uncomment them; comments have a space after their '#'.
std::string uncommented(const std::string& sample) {
    std::istringstream lines{sample};
    std::string text;
    for (std::string line; std::getline(lines, line);) {
        if (line.size() > 1 && line[0] == '#' && line[1] != ' ') line.erase(0, 1);
        text.append(line).append("\n");
    }
    return text;
}

}  // namespace

TEST_CASE("the sample is a configuration that changes nothing, commented out or not", "[config]") {
    const auto schema = exampleSchema();
    const auto sample = writeSample(schema);
    const Settings fallbacks{schema};
    CHECK(parse(sample, "sample", schema).differencesFrom(fallbacks).empty());
    const auto all = uncommented(sample);
    CHECK(parse(all, "sample", schema).differencesFrom(fallbacks).empty());
    for (const auto& entry : schema.entries()) {
        CAPTURE(entry.key);
        CHECK_THAT(all, Contains('\n' + std::string{entry.name()} + " = " + inFile(entry.fallback) + '\n'));
    }
}

TEST_CASE("sample and reference say help, range, effect and age of an option", "[config]") {
    const auto sample = writeSample(exampleSchema());
    CHECK_THAT(sample, Contains("\n[clock]\n\n# Between two strikes of the hour.\n"
                                "# From \"1s\" to \"1h\". Takes effect by a reload. Since 0.2.\n#strike = \"90s\"\n"));
    CHECK_THAT(sample, Contains("# From -5 to 395. Takes effect by a restart. Since 0.1.\n#steps = -3\n"));
    CHECK_THAT(sample, Contains("# At least \"0s\". Takes effect by a restart."));
    CHECK_THAT(sample, Contains("# From 1 to 3 elements. Takes effect by a restart."));
    const auto reference = writeReference(exampleSchema());
    CHECK_THAT(reference, Contains("\n## [clock]\n\n### clock.strike\n\nBetween two strikes of the hour.\n\n"
                                   "Default: `\"90s\"`. From \"1s\" to \"1h\". Takes effect by a reload. Since "
                                   "0.2.\n"));
}

TEST_CASE("a long help is broken between words, and no word of it is lost", "[config]") {
    static constexpr Option<bool> kWordy{
        .key = "a.b",
        .bounds = kAnyBool,
        .since = "0.1",
        .help =
            "This help goes on and on, far beyond what a line of a file can take if somebody is to read it without "
            "moving their head, and it names https://example.org/a/path/without/any/space/that/is/longer/than/a/"
            "line/may/be/by/the/rules/of/the/house too."};
    Schema schema;
    schema.add(kWordy);
    std::istringstream lines{writeSample(schema)};
    std::string words;
    for (std::string line; std::getline(lines, line);) {
        if (line.rfind("# ", 0) == 0) words.append(line, 1);
        CHECK((line.size() <= 102 || line.find(' ', 2) == std::string::npos));
    }
    CHECK_THAT(words, Contains(' ' + std::string{kWordy.help} + ' '));
}
