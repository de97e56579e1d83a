// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/token_bucket.hpp"

#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using beffroi::guard::Rate;
using beffroi::guard::TokenBucket;

TEST_CASE("a bucket gives its burst at once and its rate in the long run", "[guard]") {
    test::FakeClock clock;
    const auto [perSecond, burst] = GENERATE(table<double, double>({{10, 10}, {50, 500}, {2000, 4000}, {1, 1}}));
    CAPTURE(perSecond, burst);
    const Rate rate{perSecond, burst};
    TokenBucket bucket;
    const auto takeAll = [&] {
        int taken = 0;
        while (bucket.take(clock.now(), rate)) ++taken;
        return taken;
    };
    CHECK(takeAll() == static_cast<int>(burst));
    CHECK(takeAll() == 0);
    int inTenSeconds = 0;
    for (int i = 0; i < 100; ++i) {
        clock.advance(100ms);
        inTenSeconds += takeAll();
    }
    CHECK(inTenSeconds == static_cast<int>(10 * perSecond));
    clock.advance(24h);  // no more than the burst is saved up
    CHECK(takeAll() == static_cast<int>(burst));
}
