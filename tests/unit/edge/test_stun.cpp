// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/stun.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace beffroi;
using edge::stunAnswer;

namespace {

std::string octets(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes.push_back(static_cast<char>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16)));
    }
    return bytes;
}

const std::string kId = "2112a442b7e7a701bc34d686fa87dfae";
const std::string kPlain = "00010000" + kId;
// 192.0.2.1:32853, the address of RFC 5769 §2.2; 2001:db8:1234:5678:11:2233:4455:6677, that of §2.3.
const auto kV4 = *SocketAddress::parse("192.0.2.1", 32853);
const auto kV6 = *SocketAddress::parse("2001:db8:1234:5678:11:2233:4455:6677", 32853);
const std::string kMappedV4 = "002000080001a147e112a643";
const std::string kMappedV6 = "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9";

}  // namespace

TEST_CASE("a Binding request is answered with the address that it came from", "[edge][rfc5389-7.3.1]") {
    CHECK(stunAnswer(octets(kPlain), kV4) == octets("0101000c" + kId + kMappedV4));
    CHECK(stunAnswer(octets(kPlain), kV6) == octets("01010018" + kId + kMappedV6));

    SECTION("what may be ignored is") {
        CHECK(stunAnswer(octets("0001000c" + kId + "802200056162636465000000"), kV4) ==
              octets("0101000c" + kId + kMappedV4));
    }
    SECTION("with a FINGERPRINT if it had one") {
        const auto answer = stunAnswer(octets("00010008" + kId + "80280004fdf6ae02"), kV4);
        CHECK(answer == octets("01010014" + kId + kMappedV4 + "802800047d281f59"));
    }
    SECTION("what must be understood and is not is named") {
        CHECK(stunAnswer(octets("0001000c" + kId + "0006000161000000" + "00240000"), kV4) ==
              octets("01110010" + kId + "0009000400000414" + "000a000400060024"));
        std::string many;
        for (int i = 0; i < 100; ++i) many += "00240000";
        const auto answer = stunAnswer(octets("00010190" + kId + many), kV6);
        CHECK_FALSE(answer.empty());
        CHECK(answer.size() <= edge::kLongestStunAnswer);
    }
    SECTION("as long as no more than who does not know the way's limit may send (RFC 5389 §7.1)") {
        std::string padding;
        for (int i = 0; i < 132; ++i) padding += "80220000";
        CHECK_FALSE(stunAnswer(octets("00010210" + kId + padding), kV4).empty());
        CHECK(stunAnswer(octets("00010214" + kId + padding + "80220000"), kV4).empty());
    }
}

TEST_CASE("what is no well-formed Binding request gets no answer", "[edge][rfc5389-7.3]") {
    for (const auto& hex : {
             std::string{}, std::string{"00"}, kPlain.substr(0, 38), kPlain + "00",
             "01010000" + kId,                                         // a response
             "00110000" + kId,                                         // an indication
             "00030000" + kId,                                         // Allocate
             std::string{"000100002112a443b7e7a701bc34d686fa87dfae"},  // the cookie of nobody: RFC 3489
             "00010004" + kId,                                         // shorter than it says
             "00010000" + kId + "80220000",                            // longer
             "00010002" + kId + "8022",                                // no multiple of four
             "00010004" + kId + "80220004",                            // an attribute beyond its end
             "00010008" + kId + "8028000400000000",                    // a wrong fingerprint
             "00010004" + kId + "80280000",                            // a short one
             "0001000c" + kId + "80280004fdf6ae0280220000",            // one that is not the last
         }) {
        CAPTURE(hex);
        CHECK(stunAnswer(octets(hex), kV4).empty());
    }
    CHECK(stunAnswer(octets(kPlain), SocketAddress{}).empty());
}
