// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/evidence.hpp"

#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace beffroi;
using namespace beffroi::guard;
using beffroi::test::FakeClock;

namespace {

const auto kHost = *SocketAddress::parse("203.0.113.5", 5060);
const auto kOther = *SocketAddress::parse("203.0.113.6", 5060);
constexpr auto kFree = Evidence::Already::Free;

struct Court {
    [[nodiscard]] Evidence::Sentence wrong(const std::string& account = "anne", const SocketAddress& host = kHost,
                                           Evidence::Already already = kFree) {
        return evidence.wrongAnswer(host, account, already, home, clock.now());
    }
    /// How many wrong answers it takes until the account, or the host, is banned.
    [[nodiscard]] int untilAccountBan() {
        for (int i = 1; i < 10'000; ++i) {
            if (wrong().account) return i;
        }
        return 0;
    }
    FakeClock clock;
    bool home = false;
    Evidence evidence{{}, SourceHash{{1}}};
};

}  // namespace

TEST_CASE("the tenth wrong password for an account bars it from that address", "[guard]") {
    Court court;
    for (int i = 0; i < 9; ++i) {
        CHECK_FALSE(court.wrong().account);
        CHECK_FALSE(court.wrong("anne", kOther).account);  // each address for itself
        CHECK_FALSE(court.wrong("pierre").account);        // and each account
    }
    SECTION("within ten minutes") { CHECK(court.wrong().account == 10min); }
    SECTION("not if they are spread over more") {
        court.clock.advance(10min + 1ms);
        CHECK_FALSE(court.wrong().account);
    }
    SECTION("nor if the right one came between: it was mistyped") {
        court.evidence.rightAnswer(kHost, "anne");
        CHECK_FALSE(court.wrong().account);
        CHECK(court.wrong("anne", kOther).account);
    }
}

TEST_CASE("a ban is longer each time, within bounds, and forgotten after a day", "[guard]") {
    Court court;
    std::vector<long long> minutes;
    for (int i = 0; i < 5; ++i) {
        for (int n = 0; n < 9; ++n) REQUIRE_FALSE(court.wrong().account);
        const auto sentence = court.wrong();
        REQUIRE(sentence.account);
        minutes.push_back(std::chrono::duration_cast<std::chrono::minutes>(*sentence.account).count());
        court.clock.advance(*sentence.account);
    }
    CHECK(minutes == std::vector<long long>{10, 20, 40, 60, 60});
    court.clock.advance(25h);
    CHECK(court.untilAccountBan() == 10);
    for (int n = 0; n < 9; ++n) REQUIRE_FALSE(court.wrong().account);
    CHECK(court.wrong().account == 20min);
}

TEST_CASE("what comes during the ban of an account makes it no longer", "[guard]") {
    Court court;
    REQUIRE(court.untilAccountBan() == 10);
    int host = 10;
    while (!court.wrong("anne", kHost, Evidence::Already::Banned).host) ++host;
    CHECK(host + 1 == 100);  // but counts against the host
    for (int n = 0; n < 9; ++n) CHECK_FALSE(court.wrong().account);
    CHECK(court.wrong().account == 20min);
}

TEST_CASE("who guesses at many accounts is banned as a host", "[guard]") {
    Court court;
    court.home = GENERATE(false, true);
    CAPTURE(court.home);
    const int accounts = court.home ? 20 : 5;

    SECTION("different accounts count") {
        for (int i = 1; i < accounts; ++i) {
            REQUIRE_FALSE(court.wrong("account-" + std::to_string(i)).host);
            REQUIRE_FALSE(court.wrong("account-" + std::to_string(i)).host);  // the same again is no other
        }
        const auto sentence = court.wrong("one-more");
        CHECK(sentence.host == 1h);
        CHECK(sentence.reason == "wrong passwords for many accounts");
    }
    SECTION("or very many answers for one") {
        const int answers = court.home ? 400 : 100;
        for (int i = 1; i < answers; ++i) REQUIRE_FALSE(court.wrong().host);
        const auto sentence = court.wrong();
        CHECK(sentence.host == 1h);
        CHECK(sentence.reason == "many wrong passwords");
    }
    SECTION("within the window") {
        for (int i = 1; i < accounts; ++i) REQUIRE_FALSE(court.wrong("account-" + std::to_string(i)).host);
        court.clock.advance(10min + 1ms);
        CHECK_FALSE(court.wrong("one-more").host);
    }
    SECTION("after a pardon it starts anew") {
        for (int i = 1; i < accounts; ++i) REQUIRE_FALSE(court.wrong("account-" + std::to_string(i)).host);
        court.evidence.forgive(kHost);
        CHECK_FALSE(court.wrong("one-more").host);
    }
}

TEST_CASE("a pardon makes the next ban of an account as short as the first", "[guard]") {
    Court court;
    const auto inV6 = *SocketAddress::parse("2001:db8:5:6::1", 5060);
    const auto outside = *SocketAddress::parse("203.0.114.1", 5060);
    const auto next = [&court](const SocketAddress& host) {
        for (int n = 0; n < 9; ++n) REQUIRE_FALSE(court.wrong("anne", host).account);
        return court.wrong("anne", host).account;
    };
    for (const auto& host : {kHost, kOther, inV6, outside}) {
        REQUIRE(next(host) == 10min);
        REQUIRE(next(host) == 20min);
    }
    SECTION("of one address") {
        court.evidence.pardon(*AddressRange::parse("203.0.113.5"));
        CHECK(next(kHost) == 10min);
        CHECK(next(kOther) == 40min);
    }
    SECTION("of one of IPv6: its site") {
        court.evidence.pardon(*AddressRange::parse("2001:db8:5:6::99"));
        CHECK(next(inV6) == 10min);
    }
    SECTION("of a network") {
        court.evidence.pardon(*AddressRange::parse("203.0.113.0/24"));
        CHECK(next(kHost) == 10min);
        CHECK(next(kOther) == 10min);
        CHECK(next(inV6) == 40min);
        CHECK(next(outside) == 40min);
    }
}

TEST_CASE("messages that no telephone sends ban a host as well", "[guard]") {
    Court court;
    court.home = GENERATE(false, true);
    const int most = court.home ? 80 : 20;
    const auto misdeed = [&court] { return court.evidence.misdeed(kHost, court.home, court.clock.now()); };
    for (int i = 1; i < most; ++i) REQUIRE_FALSE(misdeed().host);
    CHECK_FALSE(court.evidence.misdeed(kOther, court.home, court.clock.now()).host);
    CHECK(misdeed().host == 1h);
    CHECK(court.evidence.scanner().host == 1h);
    CHECK_FALSE(court.evidence.scanner().account);
}
