// SPDX-License-Identifier: AGPL-3.0-or-later

#include "config/value.hpp"

#include "config/toml_text.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace beffroi::config;
using namespace std::chrono_literals;

TEST_CASE("a duration is a whole number and a unit, and is written in the largest that fits", "[config]") {
    const std::vector<std::pair<const char*, std::chrono::milliseconds>> known{
        {"0s", 0ms}, {"1ms", 1ms}, {"1500ms", 1500ms}, {"30s", 30s}, {"5min", 5min}, {"2h", 2h}, {"7d", 168h}};
    for (const auto& [text, value] : known) {
        CAPTURE(text);
        CHECK(parseDuration(text) == value);
        CHECK(inFile(value) == inQuotes(text));
    }
    CHECK(parseDuration("90s") == 90s);
    CHECK(inFile(std::chrono::milliseconds{120s}) == "\"2min\"");
    for (const char* text : {"", "s", "30", "-1s", "+1s", " 1s", "1 s", "1.5s", "1S", "1sec", "1s ", "0x1s",
                             "9223372036854775808ms", "9223372036854775807s", "106751991168d"}) {
        CAPTURE(text);
        CHECK_FALSE(parseDuration(text));
    }
}

TEST_CASE("a size is a whole number and a binary unit", "[config]") {
    const std::vector<std::pair<const char*, std::int64_t>> known{
        {"0B", 0}, {"1B", 1}, {"1025B", 1025}, {"64KiB", 65536}, {"16MiB", 16777216}, {"3GiB", 3221225472}};
    for (const auto& [text, count] : known) {
        CAPTURE(text);
        CHECK(parseBytes(text) == Bytes{count});
        CHECK(inFile(Bytes{count}) == inQuotes(text));
    }
    for (const char* text : {"", "B", "1", "1kB", "1KB", "1K", "-1B", "1TiB", "9223372036854775807KiB"}) {
        CAPTURE(text);
        CHECK_FALSE(parseBytes(text));
    }
}

TEST_CASE("a list is split at commas, without spaces and empty elements", "[config]") {
    CHECK(splitList("").empty());
    CHECK(splitList(" , ,,").empty());
    CHECK(splitList("a") == std::vector<std::string>{"a"});
    CHECK(splitList(" a b ,c,") == std::vector<std::string>{"a b", "c"});
}

TEST_CASE("what is written as TOML reads back the same, whatever characters it has", "[config]") {
    std::string odd;
    for (char c = 1; c < 127; ++c) odd += c;
    odd += "\x7f é 🔔 \xc2\x85";
    odd += '\0';
    const std::vector<std::string> list{odd, "", "\"\"\"", "#", "a, b"};
    const auto items = parseToml("one = " + inFile(odd) + "\nmany = " + inFile(list) + '\n', "written");
    REQUIRE(items.size() == 2);
    CHECK(std::get<std::string>(items[0].written) == odd);
    CHECK(std::get<std::vector<std::string>>(items[1].written) == list);
    CHECK(inFile(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
    CHECK(inFile(true) == "true");
    CHECK(inFile(std::vector<std::string>{}) == "[]");
}
