// SPDX-License-Identifier: AGPL-3.0-or-later

#include "config/settings.hpp"

#include "config/text_file.hpp"
#include "support/temporary_folder.hpp"
#include "unit/config/example_options.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <string>
#include <vector>

using namespace beffroi::config;
using beffroi::test::TemporaryFolder;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

// All that is wrong with a text; empty if nothing is.
std::vector<Mistake> mistakesOf(const std::string& text) {
    try {
        const auto settings = parse(text, "t", exampleSchema());
        return {};
    } catch (const ConfigError& error) {
        return error.mistakes();
    }
}

struct Wrong {
    std::string text;
    std::string first;  // what the one mistake begins with
};

void checkEach(const std::vector<Wrong>& cases) {
    for (const auto& [text, first] : cases) {
        CAPTURE(text);
        const auto mistakes = mistakesOf(text);
        REQUIRE(mistakes.size() == 1);
        CHECK_THAT(mistakes[0].toString(), StartsWith(first));
    }
}

}  // namespace

TEST_CASE("an option that is not written has its fallback", "[config]") {
    const auto settings = parse("", "t", exampleSchema());
    CHECK(settings[kBell]);
    CHECK(settings[kSteps] == -3);
    CHECK(settings[kPort] == 5060);
    CHECK(settings[kVisitors] == 7);
    CHECK(settings[kStrike] == 90s);
    CHECK(settings[kSwing] == 1500ms);
    CHECK(settings[kMemory] == 64_KiB);
    CHECK(settings[kMotto] == "J'appelle \"les\" vivants");
    CHECK(settings[kTunes] == std::vector<std::string>{"angelus", "tocsin"});
}

TEST_CASE("every type of option is read, up to its bounds", "[config]") {
    const auto settings = parse(
        "[tower]\nbell = false\nsteps = 395\nport = 0xffff\nvisitors = 9223372036854775807\n"
        "[clock]\nstrike = '1h'\nswing = \"0s\"\nmemory = \"1B\"\nmotto = ''\n"
        "keeper = \"ab\"\ntunes = [ 'a', \"b, c\", '' ]\n",
        "t", exampleSchema());
    CHECK_FALSE(settings[kBell]);
    CHECK(settings[kSteps] == 395);
    CHECK(settings[kPort] == 65535);
    CHECK(settings[kVisitors] == std::uint64_t{std::numeric_limits<std::int64_t>::max()});
    CHECK(settings[kStrike] == 3600s);
    CHECK(settings[kSwing] == 0ms);
    CHECK(settings[kMemory] == Bytes{1});
    CHECK(settings[kMotto].empty());
    CHECK(settings[kKeeper] == "ab");
    CHECK(settings[kTunes] == std::vector<std::string>{"a", "b, c", ""});
    CHECK(parse("clock.motto = 'dotted'\r\ntower = { steps = -5 }", "t", exampleSchema())[kMotto] == "dotted");
}

TEST_CASE("a value of another type is refused with its place and with what is expected", "[config]") {
    checkEach({
        {"[tower]\nbell = 1",
         "t:2:8: tower.bell: true or false is expected, not a whole number\n  bell = 1\n"
         "         ^\n  Rings."},
        {"[tower]\nsteps = '5'", "t:2:9: tower.steps: a whole number is expected, not \"5\""},
        {"[tower]\nsteps = 5.0", "t:2:9: tower.steps: a whole number is expected, not a number with a fraction"},
        {"[tower]\nsteps = 2027-05-01", "t:2:9: tower.steps: a whole number is expected, not a date or time"},
        {"[clock]\nmotto = true", "t:2:9: clock.motto: a text in quotes is expected, not true or false"},
        {"[clock]\nmotto = ['a']", "t:2:9: clock.motto: a text in quotes is expected, not a list"},
        {"[clock]\nstrike = 30",
         "t:2:10: clock.strike: a duration with its unit, such as \"30s\", \"5min\", \"2h\" or "
         "\"1d\", is expected, not a whole number"},
        {"[clock]\nstrike = '500ms'", "t:2:10: clock.strike: a duration with its unit, such as \"30s\", "},
        {"[clock]\nswing = '1,5s'", "t:2:9: clock.swing: a duration with its unit, such as \"500ms\", \"30s\", "},
        {"[clock]\nmemory = '1MB'",
         "t:2:10: clock.memory: a size with its unit, such as \"512B\", \"64KiB\" or "
         "\"16MiB\", is expected, not \"1MB\""},
        {"[clock]\ntunes = 'angelus'",
         "t:2:9: clock.tunes: a list of texts, such as [\"one\", \"two\"], is expected, "
         "not \"angelus\""},
        {"[clock]\ntunes = [\n  'a',\n  5 ]",
         "t:4:3: clock.tunes: a list of texts, such as [\"one\", \"two\"], is "
         "expected, not a list that holds something else"},
    });
}

TEST_CASE("a value out of its bounds is refused with the bounds", "[config]") {
    checkEach({
        {"[tower]\nsteps = -6", "t:2:9: tower.steps: must be from -5 to 395\n  steps = -6\n          ^\n  How high"},
        {"[tower]\nsteps = 396", "t:2:9: tower.steps: must be from -5 to 395"},
        {"[tower]\nport = -1", "t:2:8: tower.port: must be from 0 to 65535"},
        {"[tower]\nport = 65536", "t:2:8: tower.port: must be from 0 to 65535"},
        {"[tower]\nvisitors = 0", "t:2:12: tower.visitors: must be at least 1"},
        {"[clock]\nstrike = '0s'", "t:2:10: clock.strike: must be from \"1s\" to \"1h\""},
        {"[clock]\nstrike = '3601s'", "t:2:10: clock.strike: must be from \"1s\" to \"1h\""},
        {"[clock]\nmemory = '0B'", "t:2:10: clock.memory: must be from \"1B\" to \"16MiB\""},
        {"[clock]\nkeeper = 'a'", "t:2:10: clock.keeper: must be from 2 to 8 characters"},
        {"[clock]\nkeeper = 'ghost'", "t:2:10: clock.keeper: must be alive"},
        {"[clock]\nmotto = '" + std::string(4097, 'x') + '\'', "t:2:9: clock.motto: must be shorter"},
        {"[clock]\ntunes = []", "t:2:9: clock.tunes: must be from 1 to 3 elements"},
        {"[clock]\ntunes = ['a','b','c','d']", "t:2:9: clock.tunes: must be from 1 to 3 elements"},
    });
}

TEST_CASE("an unknown name is refused with the name that may be meant", "[config]") {
    checkEach({
        {"[tower]\nstpes = 5",
         "t:2:1: unknown option \"tower.stpes\"; did you mean \"tower.steps\"?\n  stpes = 5\n  ^"},
        {"[tower]\nmotto = ''", "t:2:1: unknown option \"tower.motto\"; did you mean \"clock.motto\"?"},
        {"motto = ''", "t:1:1: unknown option \"motto\"; did you mean \"clock.motto\"?"},
        {"[tower]\n'élévation' = 5", "t:2:1: unknown option \"tower.élévation\"\n  'élévation' = 5\n  ^"},
        {"[towre]\nsteps = 5\nnonsense = 6", "t:1:2: unknown section [towre]; did you mean \"tower\"?"},
        {"[wholly.different]\na = 1", "t:1:2: unknown section [wholly]"},
        {"[tower.cellar]\na = 1", "t:1:8: unknown option \"tower.cellar\""},
        {"[clock.motto]\na = 1", "t:1:8: clock.motto is an option, not a section: write motto = …"},
        {"tower = 5", "t:1:1: tower is a section: write [tower]"},
        {"[[tower]]\nsteps = 5", "t:1:3: tower is a section: write [tower]"},
        {"\"\" = 5", "t:1:1: unknown option \"\""},
        {"\"tower.steps\" = 5", "t:1:1: unknown option \"\\\"tower.steps\\\"\"; did you mean \"tower.steps\"?"},
    });
}

TEST_CASE("what is not TOML is one mistake, with its place", "[config]") {
    checkEach({
        {"[tower]\nsteps = 5\nsteps = 6", "t:3:"},
        {"[tower]\nsteps = 5\n[clock]\n[tower]\nport = 1", "t:4:"},
        {"[tower]\nsteps 5", "t:2:"},
        {"[tower\nsteps = 5", "t:1:"},
        {"[clock]\nmotto = \"open", "t:2:"},
        {"[clock]\nmotto = '\xe9t\xe9'", "t:2:"},
        {"[clock]\nmotto = 'a\x01'", "t:2:"},
        {std::string(200'000, '['), "t:1:"},
    });
    for (const char* text : {"[tower]\nsteps = 5\nsteps = 6", "[clock]\nmotto = \"open"}) {
        CHECK_THAT(mistakesOf(text).at(0).toString(), Contains("\n  ") && Contains("^"));
    }
}

TEST_CASE("all mistakes of a text are reported together, in its order", "[config]") {
    const auto mistakes = mistakesOf(
        "[clock]\nstrike = 5\ntunes = []\nmoto = ''\n[tower]\nsteps = 1000\nbell = false\n"
        "[cloc]\nx = 1\n");
    std::vector<std::size_t> lines;
    for (const auto& mistake : mistakes) lines.push_back(mistake.place.line);
    CHECK(lines == std::vector<std::size_t>{2, 3, 4, 6, 8});
}

TEST_CASE("files of conf.d are read after the first file, a later one wins, and all mistakes are reported",
          "[config]") {
    const TemporaryFolder folder;
    const auto main = folder.write("beffroi.toml", "[tower]\nsteps = 1\nport = 1\n");
    folder.write("conf.d/10-site.toml", "[tower]\nsteps = 2\nvisitors = 2\n");
    folder.write("conf.d/20-site.toml", "[tower]\nsteps = 3\n");
    SECTION("without a mistake") {
        const auto settings = load(main, exampleSchema());
        CHECK(settings[kSteps] == 3);
        CHECK(settings[kVisitors] == 2);
        CHECK(settings[kPort] == 1);
        CHECK_THAT(settings.wrong(kSteps, "is too high").what(),
                   StartsWith(folder.path("conf.d/20-site.toml") + ":2:9: tower.steps: is too high\n  steps = 3"));
        CHECK_THAT(settings.wrong(kMotto, "is missing").what(), StartsWith(main + ": clock.motto: is missing"));
    }
    SECTION("with a mistake in each of several files") {
        folder.write("beffroi.toml", "[tower]\nsteps = 'a'\nport = 99999\n");
        folder.write("conf.d/10-site.toml", "[tower\n");
        std::filesystem::create_directory(folder.path("conf.d/30-folder.toml"));
        try {
            const auto settings = load(main, exampleSchema());
            FAIL("nothing was thrown");
        } catch (const ConfigError& error) {
            REQUIRE(error.mistakes().size() == 4);
            CHECK(error.mistakes()[1].place.file == main);
            CHECK(error.mistakes()[2].place.file == folder.path("conf.d/10-site.toml"));
            CHECK(error.mistakes()[3].text == "cannot be read: Is a directory");
        }
    }
    SECTION("without the first file") {
        CHECK_THROWS_AS(load(folder.path("absent.toml"), exampleSchema()), ConfigError);
    }
}

TEST_CASE("settings tell which options differ from others", "[config]") {
    const auto schema = exampleSchema();
    const auto one = parse("[tower]\nsteps = 1\n[clock]\nstrike = '60s'", "t", schema);
    const auto other = parse("[tower]\nsteps = 1\n[clock]\nstrike = '1min'\ntunes = ['a']\nmotto = ''", "t", schema);
    CHECK(one.differencesFrom(other) == std::vector<std::string_view>{"clock.motto", "clock.tunes"});
    CHECK(one.differencesFrom(one).empty());
}

TEST_CASE("a constant that two folders add is one option, and entries keep their order", "[config]") {
    auto schema = exampleSchema();
    const auto count = schema.entries().size();
    schema.add(kSteps);
    CHECK(schema.entries().size() == count);
    CHECK(schema.entries().front().key == kBell.key);
    CHECK(schema.sections() == std::vector<std::string_view>{"tower", "clock"});
    CHECK(schema.find("tower.steps") != nullptr);
    CHECK(schema.find("tower.step") == nullptr);
}
