// SPDX-License-Identifier: AGPL-3.0-or-later
#include "auth/nonce.hpp"

#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::auth;
using beffroi::test::FakeClock;

namespace {

constexpr Nonces::Key kKey{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
constexpr Nonces::Key kOtherKey{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17};
const auto kHost = *SocketAddress::parse("192.0.2.10", 5060);
constexpr auto kLifetime = std::chrono::seconds{300};

}  // namespace

TEST_CASE("only a nonce that we signed is ours", "[auth][rfc7616-5.4]") {
    FakeClock clock;
    Nonces nonces{clock, kKey, kLifetime};
    const auto nonce = nonces.make(kHost);
    CHECK(nonce.size() == 40);
    CHECK(nonce != nonces.make(kHost));
    REQUIRE(nonces.age(nonce, kHost) == Nonces::Age::Fresh);

    SECTION("a change of any digit is noticed") {
        for (std::size_t i = 0; i < nonce.size(); ++i) {
            CAPTURE(i);
            auto forged = nonce;
            forged[i] = forged[i] == '0' ? '1' : '0';
            // The last ten are the host's signature: another one is another host's.
            CHECK(nonces.age(forged, kHost) == (i < 30 ? Nonces::Age::Forged : Nonces::Age::Elsewhere));
        }
    }
    SECTION("and so is any other form") {
        auto upper = nonce;
        for (auto& c : upper) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
        REQUIRE(upper != nonce);
        for (const auto& other : {std::string{}, nonce.substr(1), nonce + '0', upper, std::string(40, 'g'),
                                  std::string(40, '0'), std::string(100'000, '0'), std::string(40, '\0')}) {
            CHECK(nonces.age(other, kHost) == Nonces::Age::Forged);
        }
    }
    SECTION("another key signs another nonce") {
        Nonces others{clock, kOtherKey, kLifetime};
        CHECK(others.age(nonce, kHost) == Nonces::Age::Forged);
        CHECK(nonces.age(others.make(kHost), kHost) == Nonces::Age::Forged);
    }
}

TEST_CASE("a nonce is good for the host that asked for it", "[auth][rfc7616-5.4]") {
    FakeClock clock;
    Nonces nonces{clock, kKey, kLifetime};
    struct Answering {
        const char* asked;
        const char* from;
        Nonces::Age age;
    };
    const auto answering = GENERATE(values<Answering>({
        {"192.0.2.10", "192.0.2.10", Nonces::Age::Fresh},
        {"192.0.2.10", "192.0.2.11", Nonces::Age::Elsewhere},
        {"2001:db8:1:2::1", "2001:db8:1:2:ffff::9", Nonces::Age::Fresh},  // a host chooses within its /64
        {"2001:db8:1:2::1", "2001:db8:1:3::1", Nonces::Age::Elsewhere},
        {"0.0.0.0", "::", Nonces::Age::Elsewhere},
    }));
    CAPTURE(answering.asked, answering.from);
    const auto nonce = nonces.make(*SocketAddress::parse(answering.asked, 5060));
    const auto from = *SocketAddress::parse(answering.from, 40'000);  // behind a router the port may change
    CHECK(nonces.age(nonce, from) == answering.age);

    // A host cannot make its own nonce out of another's by exchanging the halves.
    const auto own = nonces.make(from);
    const auto mixed = nonce.substr(0, 30) + own.substr(30);
    CHECK(nonces.age(mixed, from) == Nonces::Age::Elsewhere);
}

TEST_CASE("a nonce is fresh for its lifetime by the date", "[auth][rfc7616-3.3]") {
    FakeClock clock;
    Nonces nonces{clock, kKey, kLifetime};
    const auto nonce = nonces.make(kHost);

    SECTION("not a moment longer") {
        clock.advance(kLifetime);
        CHECK(nonces.age(nonce, kHost) == Nonces::Age::Fresh);
        clock.advance(1ms);
        CHECK(nonces.age(nonce, kHost) == Nonces::Age::Stale);
    }
    SECTION("also when the date was set back by up to five minutes") {
        clock.jump(-300s);
        CHECK(nonces.age(nonce, kHost) == Nonces::Age::Fresh);
        clock.jump(-1s);
        CHECK(nonces.age(nonce, kHost) == Nonces::Age::Stale);
    }
    SECTION("one from before a restart is ours but stale: what was used with it is forgotten") {
        CHECK(nonces.use(nonce, 1));
        clock.advance(1ms);
        Nonces restarted{clock, kKey, kLifetime};
        CHECK(restarted.age(nonce, kHost) == Nonces::Age::Stale);
        CHECK(restarted.age(restarted.make(kHost), kHost) == Nonces::Age::Fresh);
    }
}

TEST_CASE("a nonce count is good once", "[auth][rfc7616-3.4]") {
    FakeClock clock;
    Nonces nonces{clock, kKey, kLifetime};
    const auto nonce = nonces.make(kHost);
    const auto use = [&](std::uint32_t nc) { return nonces.use(nonce, nc); };

    CHECK_FALSE(use(0));
    CHECK(nonces.windows() == 0);
    CHECK(use(1));
    CHECK_FALSE(use(1));
    CHECK(use(2));
    CHECK(use(100));
    CHECK_FALSE(use(100));

    SECTION("out of order within the last 64") {
        CHECK(use(99));
        CHECK(use(37));
        CHECK_FALSE(use(36));
        CHECK_FALSE(use(2));
        CHECK_FALSE(use(37));
        CHECK_FALSE(use(99));
        CHECK(use(101));
        CHECK_FALSE(use(37));
        CHECK(use(38));
    }
    SECTION("a leap forgets all before it, and keeps refusing it") {
        CHECK(use(164));
        CHECK_FALSE(use(100));
        CHECK(use(101));
        CHECK(use(0xffffffff));
        CHECK_FALSE(use(0xffffffff));
        CHECK_FALSE(use(165));
        CHECK(use(0xffffffff - 63));
    }
    SECTION("each nonce counts for itself") {
        const auto other = nonces.make(kHost);
        CHECK(nonces.use(other, 1));
        CHECK_FALSE(nonces.use(other, 1));
        CHECK(nonces.windows() == 2);
    }
}

TEST_CASE("a count stays used for as long as its nonce is fresh", "[auth]") {
    FakeClock clock;
    Nonces nonces{clock, kKey, kLifetime};
    const auto spread = GENERATE(1s, 40s, 150s, 299s, 300s);
    CAPTURE(spread.count());
    clock.advance(spread);
    std::vector<std::string> used;
    for (int i = 0; i < 40; ++i) {
        used.push_back(nonces.make(kHost));
        REQUIRE(nonces.use(used.back(), 1));
        for (const auto& nonce : used) {
            if (nonces.age(nonce, kHost) == Nonces::Age::Fresh) CHECK_FALSE(nonces.use(nonce, 1));
        }
        clock.advance(spread);
        if (i == 20) clock.jump(-200s);
    }
    clock.advance(3 * kLifetime);
    CHECK(nonces.use(nonces.make(kHost), 1));
    CHECK(nonces.use(nonces.make(kHost), 1));
    CHECK(nonces.windows() <= 42);
}

TEST_CASE("a nonce that was spoilt is never fresh again", "[auth]") {
    FakeClock clock;
    Nonces nonces{clock, kKey, kLifetime, 10};
    const auto nonce = nonces.make(kHost);
    const auto other = nonces.make(kHost);
    REQUIRE(nonces.use(other, 1));
    nonces.spoil(nonce);
    CHECK(nonces.age(nonce, kHost) == Nonces::Age::Stale);
    CHECK(nonces.age(other, kHost) == Nonces::Age::Fresh);
    nonces.spoil("of nobody");
    CHECK(nonces.spoilt() == 1);

    SECTION("also when the date is set back by as much as is borne") {
        for (int i = 0; i < 6; ++i) {
            clock.advance(100s);
            nonces.spoil(nonces.make(kHost));
            if (i == 2) clock.jump(-300s);
            CHECK(nonces.age(nonce, kHost) == Nonces::Age::Stale);
        }
    }
    SECTION("but those that fill the room, which is bounded, and takes none from those that are used") {
        for (int i = 0; i < 9; ++i) nonces.spoil(nonces.make(kHost));
        CHECK(nonces.age(nonce, kHost) == Nonces::Age::Stale);
        for (int i = 0; i < 1000; ++i) {
            nonces.spoil(nonces.make(kHost));
            REQUIRE(nonces.spoilt() <= 20);
        }
        CHECK(nonces.age(other, kHost) == Nonces::Age::Fresh);
        CHECK_FALSE(nonces.use(other, 1));
    }
}

TEST_CASE("no flood fills the memory", "[auth]") {
    FakeClock clock;
    constexpr std::size_t kMost = 100;
    Nonces nonces{clock, kKey, kLifetime, kMost};

    SECTION("nonces that are not used need none") {
        for (int i = 0; i < 10'000; ++i) static_cast<void>(nonces.make(kHost));
        CHECK(nonces.windows() == 0);
    }
    SECTION("of those that are used the latest are remembered; the others are stale, never good again") {
        std::vector<std::string> used;
        for (int i = 0; i < 1'000; ++i) {
            used.push_back(nonces.make(kHost));
            REQUIRE(nonces.age(used.back(), kHost) == Nonces::Age::Fresh);
            REQUIRE(nonces.use(used.back(), 1));
            REQUIRE(nonces.windows() <= 2 * kMost);
        }
        std::size_t fresh = 0;
        for (const auto& nonce : used) {
            if (nonces.age(nonce, kHost) != Nonces::Age::Fresh) continue;
            ++fresh;
            CHECK_FALSE(nonces.use(nonce, 1));
        }
        CHECK(fresh >= kMost);
        CHECK(nonces.age(used.front(), kHost) == Nonces::Age::Stale);
    }
    SECTION("and what nobody uses any more is dropped") {
        for (std::size_t i = 0; i < kMost / 2; ++i) REQUIRE(nonces.use(nonces.make(kHost), 1));
        for (int i = 0; i < 2; ++i) {
            clock.advance(kLifetime);
            REQUIRE(nonces.use(nonces.make(kHost), 1));
        }
        CHECK(nonces.windows() <= 2);
    }
}
