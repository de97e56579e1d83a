// SPDX-License-Identifier: AGPL-3.0-or-later

#include "app/daemon_schema.hpp"

#include "config/settings.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace beffroi;
using test::textOf;

namespace {

const std::string kFolder = BEFFROI_SOURCE_DIR;

}  // namespace

TEST_CASE("the files that are made from the options' declarations are up to date", "[app][config]") {
    const auto schema = app::daemonSchema();
    INFO(
        "make them anew: beffroi config sample > config/beffroi.toml; "
        "beffroi config reference > docs/configuration.md");
    CHECK(textOf(kFolder + "/config/beffroi.toml") == config::writeSample(schema));
    CHECK(textOf(kFolder + "/docs/configuration.md") == config::writeReference(schema));
}

TEST_CASE("the sample has every option, and changes nothing", "[app][config]") {
    const auto schema = app::daemonSchema();
    const auto path = kFolder + "/config/beffroi.toml";
    CHECK(config::load(path, schema).differencesFrom(config::Settings{schema}).empty());
    const auto sample = textOf(path);
    const auto reference = textOf(kFolder + "/docs/configuration.md");
    for (const auto& entry : schema.entries()) {
        CAPTURE(entry.key);
        CHECK(entry.since == "0.1");
        const auto section = sample.find("\n[" + std::string{entry.section()} + "]\n");
        REQUIRE(section != std::string::npos);
        CHECK(sample.find("\n#" + std::string{entry.name()} + " = " + config::inFile(entry.fallback) + '\n', section) !=
              std::string::npos);
        CHECK(reference.find("\n### " + std::string{entry.key} + '\n') != std::string::npos);
    }
}

TEST_CASE("addresses and ports of the voice that nobody could use are mistakes of the file", "[app][config]") {
    const test::TemporaryFolder folder;
    const auto loads = [&folder](const std::string& line) {
        const auto path = folder.write("beffroi.toml", "[bridge]\n" + line + '\n');
        try {
            static_cast<void>(config::load(path, app::daemonSchema()));
            return std::string{};
        } catch (const config::ConfigError& error) {
            return std::string{error.what()};
        }
    };
    CHECK(loads("media-address = \"192.0.2.10\"").empty());
    CHECK(loads("media-address = \"0.0.0.0\"").find("beffroi.toml:2:") != std::string::npos);
    CHECK(loads("media-address = \"::\"").find("not all of them") != std::string::npos);
    CHECK(loads("media-ports = \"30000-39999\"").empty());
    CHECK(loads("media-ports = \"6-3\"").find("beffroi.toml:2:") != std::string::npos);
    CHECK(loads("media-ports = \"many\"").find("a range of ports") != std::string::npos);
}
