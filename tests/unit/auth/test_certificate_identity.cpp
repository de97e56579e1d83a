// SPDX-License-Identifier: AGPL-3.0-or-later
#include "auth/certificate_identity.hpp"

#include "support/sip_messages.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::auth;
using namespace beffroi::test;

namespace {

using Names = std::vector<std::string>;

DirectorySnapshot town() {
    DirectorySnapshot directory;
    const auto add = [&directory](const char* account, const char* extension, const char* certificate) {
        directory.devices.emplace(account, Device{account, extension, "", "", "", certificate});
        directory.accountsByCertificate.emplace(certificate, account);
    };
    add("2101-bureau", "2101", "2101.phones.example");
    add("2102-comptoir", "2102", "sip:2102@ville.example");
    return directory;
}

std::string accountFor(const std::string& from, const Names& names, const std::string& more = {}) {
    RequestText request;
    request.from = "<sip:" + from + "@ville.example>;tag=t";
    request.more = more;
    const auto directory = town();
    const auto* device = deviceByCertificate(readMessage(request.text()), names, directory);
    return device == nullptr ? "" : device->account;
}

}  // namespace

TEST_CASE("a certificate that the plan names is its device's proof", "[auth][security]") {
    const std::string own = "2101.phones.example";
    const std::string other = "sip:2102@ville.example";
    CHECK(accountFor("2101", {own}) == "2101-bureau");
    CHECK(accountFor("2101", {"sep001122334455", own}) == "2101-bureau");
    SECTION("whatever its From says: that is judged as after a password") {
        CHECK(accountFor("2102", {own}) == "2101-bureau");
    }
    SECTION("of several names it is the one that From is of, by extension or account") {
        CHECK(accountFor("2102", {own, other}) == "2102-comptoir");
        CHECK(accountFor("2102-comptoir", {own, other}) == "2102-comptoir");
        CHECK(accountFor("2109", {own, other}) == "2101-bureau");
    }
    SECTION("a name of nobody, a part of a name and no name prove nothing") {
        CHECK(accountFor("2101", {}).empty());
        CHECK(accountFor("2101", {"phones.example", "101.phones.example", ""}).empty());
    }
    SECTION("credentials in the request decide instead") {
        CHECK(accountFor("2101", {own}, "Authorization: Digest username=\"x\"\r\n").empty());
        CHECK(accountFor("2101", {own}, "Proxy-Authorization: Digest username=\"x\"\r\n").empty());
    }
}
