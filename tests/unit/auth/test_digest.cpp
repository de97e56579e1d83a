// SPDX-License-Identifier: AGPL-3.0-or-later
#include "auth/digest.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::auth;

namespace {

const std::string kWhole =
    R"(Digest username="2101", realm="ville.example", nonce="abc", uri="sip:ville.example", response="def", )"
    R"(algorithm=SHA-256, cnonce="xyz", qop=auth, nc=00000001)";

std::string with(std::string_view from, std::string_view to) {
    auto text = kWhole;
    text.replace(text.find(from), from.size(), to);
    return text;
}

}  // namespace

TEST_CASE("the response is the one of the RFCs' examples", "[auth][rfc7616-3.9][rfc2617-3.5][rfc8760]") {
    struct Example {
        Algorithm algorithm;
        const char* user;
        const char* realm;
        const char* password;
        const char* method;
        const char* nonce;
        const char* uri;
        const char* cnonce;
        const char* response;
    };
    const auto example = GENERATE(values<Example>({
        // RFC 7616 §3.9.1
        {Algorithm::Sha256, "Mufasa", "http-auth@example.org", "Circle of Life", "GET",
         "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "/dir/index.html",
         "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
         "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
        {Algorithm::Md5, "Mufasa", "http-auth@example.org", "Circle of Life", "GET",
         "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "/dir/index.html",
         "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "8ca523f5e9506fed4657c9700eebdbec"},
        // RFC 2617 §3.5
        {Algorithm::Md5, "Mufasa", "testrealm@host.com", "Circle Of Life", "GET", "dcd98b7102dd2f0e8b11d0f600bfb0c093",
         "/dir/index.html", "0a4f113b", "6629fae49393a05397450978507c4ef1"},
    }));
    Credentials credentials;
    credentials.nonce = example.nonce;
    credentials.uri = example.uri;
    credentials.cnonce = example.cnonce;
    credentials.nonceCount = "00000001";
    credentials.qop = "auth";
    const auto ha1 = base::makeHa1(example.algorithm, example.user, example.realm, example.password);
    CHECK(expectedResponse(example.algorithm, ha1, credentials, example.method) == example.response);
    CHECK(expectedResponse(example.algorithm, ha1, credentials, "REGISTER") != example.response);
}

TEST_CASE("credentials are read in any order, quoted or not, with what we do not know", "[auth][rfc7616-3.4]") {
    const auto credentials = parseCredentials(
        " digest\tNC=0000000a , qop=\"auth\",algorithm=\"sha-256\", opaque=\"a, b\",uri=\"sip:a@b;x=\\\"1\\\",2\", "
        "USERNAME=\"\", response=ff, realm=\"Mairie, d'Ici\", nonce=\"n\",cnonce=c, userhash=false ");
    REQUIRE(credentials);
    CHECK(credentials->nonceCount == "0000000a");
    CHECK(credentials->qop == "auth");
    CHECK(credentials->algorithm == Algorithm::Sha256);
    CHECK(credentials->uri == "sip:a@b;x=\\\"1\\\",2");
    CHECK(credentials->username.empty());
    CHECK(credentials->response == "ff");
    CHECK(credentials->realm == "Mairie, d'Ici");
    CHECK(credentials->nonce == "n");
    CHECK(credentials->cnonce == "c");

    CHECK(parseCredentials(with(", algorithm=SHA-256", ""))->algorithm == Algorithm::Md5);
    for (const auto* unknown : {"MD5-sess", "SHA-512-256", "SHA-256-sess", "\"\"", "MD5x"}) {
        CAPTURE(unknown);
        const auto other = parseCredentials(with("algorithm=SHA-256", "algorithm=" + std::string{unknown}));
        REQUIRE(other);
        CHECK_FALSE(other->algorithm.has_value());
    }
}

TEST_CASE("credentials that can be understood in two ways are none", "[auth][rfc7616-3.4]") {
    REQUIRE(parseCredentials(kWhole));
    const auto hostile = GENERATE(values<std::string>({
        "",
        "Digest",
        "Digest ",
        "Basic MjEwMTpzZWNyZXQ=",
        "Digestusername=\"2101\"",
        "Digest ,",
        "Digest username",
        "Digest =\"2101\"",
        "Digest username=",
        "Digest user name=\"2101\"",
        "Digest username=\"",
        "Digest username=\"2101",
        "Digest username=\"2101\\\"",
        "Digest username=\"21\"01\"",
        "Digest username=\"2101\" realm=\"ville.example\"",
        "Digest username=21\"01",
        "Digest username=\"2101\",,realm=\"ville.example\"",
        "Digest username=\"2101\", username=\"2102\"",
        "Digest username=\"\", username=\"2102\"",
        "Digest Username=\"2101\", uSERNAME=\"2101\"",
        "Digest algorithm=MD5, algorithm=SHA-256",
        "Digest algorithm=SHA-512-256, algorithm=MD5",
        "Digest qop=auth, qop=auth-int",
        "Digest nc=00000001, nc=00000002",
    }));
    CAPTURE(hostile);
    CHECK_FALSE(parseCredentials(hostile));
}

TEST_CASE("credentials of any size are read in one pass", "[auth]") {
    std::string huge{"Digest "};
    for (int i = 0; i < 2000; ++i) huge.append(1, 'x').append(std::to_string(i)).append("=\"yyyyyyyyyy\", ");
    huge.append("username=\"").append(50'000, '2').append(1, '"');
    const auto credentials = parseCredentials(huge);
    REQUIRE(credentials);
    CHECK(credentials->username.size() == 50'000);
    CHECK_FALSE(parseCredentials(huge + ", username=2"));
}
