// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/hosts_file.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace beffroi;
using edge::HostsFile;

namespace {

std::string found(const HostsFile& file, std::string_view name) {
    std::string text;
    for (const auto& address : file.find(name)) text.append(address.toString()).append(1, ' ');
    return text;
}

}  // namespace

TEST_CASE("the machine's own names are those of its hosts file", "[edge]") {
    const auto file = HostsFile::parse(
        "# 192.0.2.9 commented\n"
        "127.0.0.1\tlocalhost\n"
        "::1 localhost ip6-localhost\r\n"
        "  192.0.2.7   Mairie.example  mairie # 192.0.2.8 hidden\n"
        "192.0.2.10 mairie.example\n192.0.2.10 mairie.example\n"
        "192.0.2.999 wrong\nno-address name\n0.0.0.0 blocked\n192.0.2.11\n\n"
        "192.0.2.12 last");
    CHECK(found(file, "localhost") == "127.0.0.1:0 [::1]:0 ");
    CHECK(found(file, "MAIRIE.EXAMPLE") == "192.0.2.7:0 192.0.2.10:0 ");
    CHECK(found(file, "mairie") == "192.0.2.7:0 ");
    CHECK(found(file, "last") == "192.0.2.12:0 ");
    for (const auto* name : {"commented", "hidden", "wrong", "name", "blocked", "", "192.0.2.11"}) {
        CAPTURE(name);
        CHECK(found(file, name).empty());
    }
    CHECK(found(HostsFile::read("/nonexistent/hosts"), "localhost").empty());
}
