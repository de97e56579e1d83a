// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/tls/certificate_check.hpp"

#include "edge/edge_options.hpp"
#include "edge/tls/tls_options.hpp"
#include "support/certificates.hpp"
#include "support/fake_clock.hpp"
#include "support/temporary_folder.hpp"

#include <sys/fsuid.h>

#include <filesystem>

using namespace beffroi;
using namespace beffroi::test;
using Catch::Contains;
using std::chrono::days;

namespace {

using Texts = std::vector<std::string>;

constexpr uid_t kNobody = 65'534;

// What is found, as "line:column text", in the files that a configuration of these lines names.
struct Checked {
    explicit Checked(const std::string& lines, const Texts& domains = {"town.example"}) {
        config::Schema schema;
        edge::addOptions(schema);
        edge::tls::addOptions(schema);
        const auto settings = config::parse("[tls]\n" + lines, "beffroi.toml", schema);
        const auto found = edge::tls::checkFiles(settings, domains, FakeClock{}.wallNow());
        for (const auto& each : found.mistakes) mistakes.push_back(shown(each));
        for (const auto& each : found.warnings) warnings.push_back(shown(each));
    }
    static std::string shown(const config::Mistake& mistake) {
        CHECK(mistake.place.file == "beffroi.toml");
        CHECK_FALSE(mistake.help.empty());
        return std::to_string(mistake.place.line) + ':' + std::to_string(mistake.place.column) + ' ' + mistake.text;
    }
    Texts mistakes;
    Texts warnings;
};

// As it stands in tls.certificates.
std::string pair(const std::string& certificate, const std::string& key) {
    return std::string{"\""}.append(certificate).append(1, ':').append(key).append(1, '"');
}

struct Files {
    std::string write(const std::string& name, const CertificateRequest& wanted) {
        const auto issued = authority.issue(wanted);
        return pair(folder.write(name + ".pem", issued.certificatePem()), folder.write(name + ".key", issued.keyPem()));
    }
    std::string good() { return write("good", {.hosts = {"town.example"}}); }

    Authority authority;
    TemporaryFolder folder;
};

std::string certificates(const std::string& list) { return "certificates = [" + list + "]\n"; }

}  // namespace

TEST_CASE("files of TLS that are as they should be are no mistake", "[edge][tls]") {
    Files files;
    const auto names = GENERATE(values<CertificateRequest>({{.hosts = {"town.example"}},
                                                            {.hosts = {"sip.town.example"}},
                                                            {.hosts = {"*.town.example"}},
                                                            {.hosts = {"x.example"}, .uris = {"sip:town.example"}},
                                                            {.hosts = {"x.example"}, .addresses = {"192.0.2.1"}},
                                                            {.commonName = "town.example"},
                                                            {.commonName = "sip.town.example"}}));
    const auto authorities = files.folder.write("authorities.pem", files.authority.pem());
    const Checked checked{certificates(files.write("own", names)) + "client-certificates = \"wanted\"\n" +
                          "client-authorities = \"" + authorities + "\"\nauthorities = \"" + authorities + "\"\n"};
    CHECK(checked.mistakes.empty());
    CHECK(checked.warnings.empty());
    CHECK(Checked{""}.mistakes.empty());
}

TEST_CASE("what is wrong with a certificate is said where its option stands", "[edge][tls]") {
    Files files;
    const auto path = [&](const char* name) { return files.folder.path(name); };
    const auto says = [](const Checked& checked, const Texts& words) {
        REQUIRE(checked.mistakes.size() == words.size());
        for (std::size_t i = 0; i < words.size(); ++i) {
            CHECK_THAT(checked.mistakes[i], Contains("2:16 tls.certificates: ") && Contains(words[i]));
        }
        CHECK(checked.warnings.empty());
    };
    SECTION("each of several, and those that are well are not named") {
        const auto list = pair(path("none.pem"), path("none.pem")) + ", " + files.good() + ", " +
                          pair(path("good.pem"), path("none.key"));
        says(Checked{certificates(list)},
             {path("none.pem") + ": No such file or directory", path("none.key") + ": No such file or directory"});
    }
    SECTION("a folder") { says(Checked{certificates(pair(path(""), path("")))}, {"is no file"}); }
    SECTION("what may not be read") {
        using std::filesystem::perms;
        const auto good = files.good();
        std::filesystem::permissions(path(""), perms::all);
        std::filesystem::permissions(path("good.pem"), perms::all);
        std::filesystem::permissions(path("good.key"), perms::none);
        const auto self = setfsuid(kNobody);  // root reads everything; for others it changes nothing
        const Checked checked{certificates(good)};
        setfsuid(static_cast<uid_t>(self));
        says(checked, {path("good.key") + ": Permission denied"});
    }
    SECTION("no certificate, no key, a key with a passphrase") {
        files.write("a", {});
        const auto text = files.folder.write("text.pem", "hello");
        const auto sealed = files.folder.write("sealed.key", files.authority.issue({}).keyPem("secret"));
        says(Checked{certificates(pair(text, path("a.key")) + ", " + pair(path("a.pem"), text) + ", " +
                                  pair(path("a.pem"), sealed))},
             {"there is no certificate in it", "there is no private key in it", "is encrypted"});
    }
    SECTION("the key of another one") {
        files.write("a", {});
        files.write("b", {});
        says(Checked{certificates(pair(path("a.pem"), path("b.key")))},
             {path("b.key") + ": the private key does not belong to the certificate in " + path("a.pem")});
    }
    SECTION("one that nobody may use any more") {
        says(Checked{certificates(files.write("weak", {.hosts = {"town.example"}, .rsaBits = 1024}))},
             {"OpenSSL refuses it"});
    }
    SECTION("one that has ended, or is not valid yet") {
        const auto old = files.write("old", {.hosts = {"town.example"}, .from = days{-9}, .until = days{-3}});
        const auto young = files.write("young", {.hosts = {"town.example"}, .from = days{2}, .until = days{90}});
        says(Checked{certificates(old + ", " + young)},
             {"old.pem: the certificate of town.example has ended 3 days ago", "is not valid yet"});
    }
    SECTION("of none of the domains") {
        const auto list = files.write("a", {.hosts = {"town.example.org", "atown.example"}}) + ", " +
                          files.write("b", {.commonName = "town.example", .hosts = {"other.example"}});
        says(Checked{certificates(list), {"town.example", "192.0.2.1"}},
             {"none of the certificates (town.example.org, other.example) is of one of sip.domains (town.example, "
              "192.0.2.1)"});
        CHECK(Checked{certificates(list + ", " + files.good())}.mistakes.empty());
        CHECK(Checked{certificates(list), {"other.example"}}.mistakes.empty());
    }
    SECTION("none, though there is a listener") {
        const Checked checked{"[edge]\nlisten = [\"tls:127.0.0.1:5061\"]\n"};
        REQUIRE(checked.mistakes.size() == 1);
        CHECK_THAT(checked.mistakes[0], Contains("must name a certificate"));
    }
}

TEST_CASE("a certificate that ends soon is a warning of --check", "[edge][tls]") {
    Files files;
    const auto [until, warned] = GENERATE(table<int, std::string>({{31, ""}, {29, "29 days"}, {1, "1 day"}}));
    CAPTURE(until);
    const Checked checked{certificates(files.write("own", {.hosts = {"town.example"}, .until = days{until}}))};
    CHECK(checked.mistakes.empty());
    REQUIRE(checked.warnings.size() == (warned.empty() ? 0 : 1));
    if (warned.empty()) return;
    CHECK_THAT(checked.warnings[0], Contains("2:16 tls.certificates: ") && Catch::EndsWith(" ends in " + warned));
}

TEST_CASE("authorities that cannot be used are mistakes, those that have ended a warning", "[edge][tls]") {
    Files files;
    const auto option = GENERATE(values<std::string>({"client-authorities", "authorities"}));
    const auto with = [&](const std::string& path) {
        std::string lines{"client-certificates = \""};
        lines.append(option == "authorities" ? "none" : "wanted").append("\"\n").append(option);
        return Checked{lines.append(" = \"").append(path).append("\"\n")};
    };
    const auto place = std::string{"3:"}.append(std::to_string(option.size() + 4)) + " tls." + option + ": ";
    const auto missing = with("/none.pem");
    REQUIRE(missing.mistakes.size() == 1);
    CHECK(missing.mistakes[0] == place + "/none.pem: No such file or directory");
    const auto empty = with(files.folder.write("empty.pem", "none"));
    REQUIRE(empty.mistakes.size() == 1);
    CHECK_THAT(empty.mistakes[0], Contains(place) && Contains("there is no certificate of an authority in it"));

    const auto old = files.authority.issue({.commonName = "old", .from = days{-9}, .until = days{-3}});
    const auto some = with(files.folder.write("some.pem", files.authority.pem() + old.certificatePem()));
    CHECK(some.mistakes.empty());
    REQUIRE(some.warnings.size() == 1);
    CHECK_THAT(some.warnings[0], Contains(place) && Catch::EndsWith("some.pem: the authority old has ended"));

    const Checked unnamed{"client-certificates = \"required\"\n"};
    REQUIRE(unnamed.mistakes.size() == 1);
    CHECK_THAT(unnamed.mistakes[0], Contains("tls.client-authorities: must name the authorities"));
}
