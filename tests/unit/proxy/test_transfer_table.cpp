// SPDX-License-Identifier: AGPL-3.0-or-later
#include "proxy/transfer_table.hpp"

#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::proxy;
using namespace beffroi::test;

TEST_CASE("who was sent somewhere calls there on the account of who sent it, once and soon",
          "[proxy][transfer][rfc3515-2]") {
    assertOnLoop();
    FakeClock clock;
    TransferTable transfers{clock};
    transfers.referred("2102", "00612345678", "2101");
    transfers.referred("2103", "00612345678", "2104");
    CHECK(transfers.take("2102", "2105").empty());
    CHECK(transfers.take("2105", "00612345678").empty());
    CHECK(transfers.take("2103", "00612345678") == "2104");
    clock.advance(TransferTable::kLife - 1ms);
    SECTION("once") {
        CHECK(transfers.take("2102", "00612345678") == "2101");
        CHECK(transfers.take("2102", "00612345678").empty());
    }
    SECTION("soon") {
        clock.advance(1ms);
        CHECK(transfers.take("2102", "00612345678").empty());
    }
    SECTION("the latest counts") {
        transfers.referred("2102", "00612345678", "2106");
        CHECK(transfers.take("2102", "00612345678") == "2106");
        CHECK(transfers.take("2102", "00612345678") == "2101");
    }
}

TEST_CASE("nobody transfers itself, and the table does not grow without end", "[proxy][transfer][memory]") {
    assertOnLoop();
    FakeClock clock;
    TransferTable transfers{clock};
    transfers.referred("2101", "1", "2101");
    transfers.referred("", "1", "2101");
    transfers.referred("2101", "1", "");
    CHECK(transfers.take("2101", "1").empty());
    for (std::size_t i = 0; i <= TransferTable::kMost; ++i) transfers.referred("2101", std::to_string(i), "2102");
    CHECK(transfers.take("2101", "0").empty());
    CHECK(transfers.take("2101", "1") == "2102");
}
