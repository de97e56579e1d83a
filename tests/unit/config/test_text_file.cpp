// SPDX-License-Identifier: AGPL-3.0-or-later

#include "config/text_file.hpp"

#include "config/mistake.hpp"
#include "support/temporary_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace beffroi::config;
using beffroi::test::TemporaryFolder;
using Catch::Matchers::Equals;

TEST_CASE("a file is read whole up to the largest size, to the octet", "[config]") {
    const TemporaryFolder folder;
    const std::string text = std::string(40'000, 'x') + '\0' + "\xff end";
    const auto path = folder.write("a", text);
    CHECK(readTextFile(path, text.size()) == text);
    CHECK_THROWS_WITH(readTextFile(path, text.size() - 1),
                      Equals(path + ": cannot be read: it is larger than 40005 B"));
    CHECK_THROWS_WITH(readTextFile(folder.write("b", std::string(kLargestConfiguration + 1, 'x'))),
                      Equals(folder.path("b") + ": cannot be read: it is larger than 1 MiB"));
    CHECK(readTextFile(folder.write("empty", "")).empty());
}

TEST_CASE("what cannot be read says why", "[config]") {
    const TemporaryFolder folder;
    const auto absent = folder.path("absent");
    CHECK_THROWS_WITH(readTextFile(absent), Equals(absent + ": cannot be read: No such file or directory"));
    CHECK_THROWS_WITH(readTextFile(folder.path("")), Equals(folder.path("") + ": cannot be read: Is a directory"));
    if (geteuid() == 0) return;  // who may read everything
    const auto secret = folder.write("secret", "x");
    REQUIRE(chmod(secret.c_str(), 0) == 0);
    CHECK_THROWS_WITH(readTextFile(secret), Equals(secret + ": cannot be read: Permission denied"));
}

TEST_CASE("a folder's TOML files come in the order of their names", "[config]") {
    const TemporaryFolder folder;
    for (const char* name : {"conf.d/20-b.toml", "conf.d/10-a.toml", "conf.d/.swap.toml", "conf.d/a.toml.bak"}) {
        folder.write(name, "");
    }
    const auto place = folder.path("conf.d");
    CHECK(tomlFilesIn(place) == std::vector<std::string>{place + "/10-a.toml", place + "/20-b.toml"});
    CHECK(tomlFilesIn(folder.path("absent")).empty());
    const auto file = folder.write("file", "");
    CHECK_THROWS_WITH(tomlFilesIn(file), Equals(file + ": cannot be read: Not a directory"));
}
