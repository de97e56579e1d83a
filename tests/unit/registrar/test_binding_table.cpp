// SPDX-License-Identifier: AGPL-3.0-or-later
#include "registrar/binding_table.hpp"

#include "support/fake_clock.hpp"
#include "support/wire.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::registrar;
using namespace beffroi::test;

namespace {

Binding binding(const FakeClock& clock, std::uint64_t id, Clock::Duration lasting, std::uint16_t q = 1000) {
    Binding result;
    result.id = id;
    result.contact = "sip:" + std::to_string(id) + "@192.0.2.10";
    result.q = q;
    result.expiresAt = clock.now() + lasting;
    return result;
}

bool nobodyIsBusy(const std::string&) { return false; }

std::vector<std::uint64_t> idsOf(const std::vector<const Binding*>& bindings) {
    std::vector<std::uint64_t> ids;
    for (const auto* one : bindings) ids.push_back(one->id);
    return ids;
}

using Ids = std::vector<std::uint64_t>;

std::vector<std::uint64_t> idsOf(const std::vector<Binding>& bindings) {
    std::vector<std::uint64_t> ids;
    for (const auto& one : bindings) ids.push_back(one.id);
    return ids;
}

}  // namespace

TEST_CASE("bindings live until they expire, the most wanted first", "[registrar][rfc3261-10.2.1.2]") {
    assertOnLoop();
    FakeClock clock;
    BindingTable table{clock};
    table.replace("2101", {binding(clock, 1, 60s, 500), binding(clock, 2, 90s), binding(clock, 3, 120s, 500),
                           binding(clock, 4, 120s, 0)});
    table.replace("2102", {binding(clock, 5, 60s)});
    CHECK(table.size() == 5);
    CHECK(idsOf(table.live("2101")) == Ids{2, 3, 1, 4});
    CHECK(table.live("2109").empty());
    CHECK(table.of("2109").empty());

    clock.advance(60s - 1ms);
    CHECK(idsOf(table.live("2101")) == Ids{2, 3, 1, 4});
    clock.advance(1ms);
    CHECK(idsOf(table.live("2101")) == Ids{2, 3, 4});
    CHECK(table.live("2102").empty());
    std::size_t visited = 0;
    table.forEach([&visited](const std::string&, const Binding&) { ++visited; });
    CHECK(visited == 3);

    CHECK(idsOf(table.expire(nobodyIsBusy)) == Ids{1, 5});
    CHECK(table.size() == 3);
    CHECK(table.of("2102").empty());
    clock.advance(24h);
    CHECK(idsOf(table.expire(nobodyIsBusy)) == Ids{2, 3, 4});
    CHECK(table.size() == 0);
    CHECK(table.expire(nobodyIsBusy).empty());
}

TEST_CASE("a renewed binding expires when it says last", "[registrar]") {
    assertOnLoop();
    FakeClock clock;
    BindingTable table{clock};
    table.replace("2101", {binding(clock, 1, 600s)});

    SECTION("later") {
        clock.advance(500s);
        table.replace("2101", {binding(clock, 1, 600s)});
        clock.advance(599s);
        CHECK(table.expire(nobodyIsBusy).empty());
        clock.advance(1s);
        CHECK(idsOf(table.expire(nobodyIsBusy)) == Ids{1});
    }
    SECTION("sooner, and once") {
        table.replace("2101", {binding(clock, 1, 60s)});
        table.replace("2101", {binding(clock, 1, 900s)});
        table.replace("2101", {binding(clock, 1, 30s)});
        clock.advance(30s);
        CHECK(idsOf(table.expire(nobodyIsBusy)) == Ids{1});
        clock.advance(900s);
        CHECK(table.expire(nobodyIsBusy).empty());
        CHECK(table.size() == 0);
    }
    SECTION("sooner and then later again") {
        table.replace("2101", {binding(clock, 1, 60s)});
        table.replace("2101", {binding(clock, 1, 700s)});
        clock.advance(699s);
        CHECK(table.expire(nobodyIsBusy).empty());
        CHECK(table.size() == 1);
        clock.advance(1s);
        CHECK(idsOf(table.expire(nobodyIsBusy)) == Ids{1});
    }
    SECTION("one that was removed before does not come up") {
        table.replace("2101", {});
        CHECK(table.size() == 0);
        clock.advance(600s);
        CHECK(table.expire(nobodyIsBusy).empty());
    }
}

TEST_CASE("what expires while its extension is busy goes as soon as it no longer is", "[registrar]") {
    assertOnLoop();
    FakeClock clock;
    BindingTable table{clock};
    table.replace("2101", {binding(clock, 1, 60s)});
    table.replace("2102", {binding(clock, 2, 60s)});
    clock.advance(60s);
    CHECK(idsOf(table.expire([](const std::string& extension) { return extension == "2101"; })) == Ids{2});
    CHECK(table.size() == 1);
    clock.advance(1s);
    CHECK(idsOf(table.expire(nobodyIsBusy)) == Ids{1});
}

TEST_CASE("a flow knows the extensions that registered by it", "[registrar][rfc5626-4.2.2]") {
    assertOnLoop();
    FakeClock clock;
    BindingTable table{clock};
    auto first = binding(clock, 1, 60s);
    first.flow = tcpFlow(10, 7);
    auto second = binding(clock, 2, 60s);
    second.flow = udpFlow(10);
    table.replace("2101", {first, second});
    table.replace("2101", {first, second});
    table.replace("2102", {first});
    using Extensions = std::vector<std::string>;
    CHECK(table.withFlow(udpFlow(10)) == Extensions{"2101"});
    CHECK(table.withFlow(tcpFlow(10, 8)).empty());
    CHECK(table.withFlow(tcpFlow(10, 7)) == Extensions{"2101", "2102"});
    table.replace("2101", {second});
    CHECK(table.withFlow(tcpFlow(10, 7)) == Extensions{"2102"});
    clock.advance(60s);
    static_cast<void>(table.expire(nobodyIsBusy));
    CHECK(table.withFlow(tcpFlow(10, 7)).empty());
    CHECK(table.withFlow(udpFlow(10)).empty());
}

TEST_CASE("extensions are found by what phones write in front of the @", "[registrar]") {
    assertOnLoop();
    using Extensions = std::vector<std::string>;
    FakeClock clock;
    BindingTable table{clock};
    table.replace("2101", {binding(clock, 1, 60s), binding(clock, 2, 90s)});
    auto shared = binding(clock, 3, 90s);
    shared.contact = "sip:1@192.0.2.20";
    table.replace("2102", {shared});
    CHECK(table.withContactUser("1") == Extensions{"2101", "2102"});
    CHECK(table.withContactUser("2101").empty());

    clock.advance(60s);
    CHECK(idsOf(table.expire(nobodyIsBusy)) == Ids{1});
    CHECK(table.withContactUser("1") == Extensions{"2102"});
    shared.contact = "sip:other@192.0.2.20";
    table.replace("2102", {shared});
    CHECK(table.withContactUser("1").empty());
    CHECK(table.withContactUser("other") == Extensions{"2102"});
    table.replace("2101", {});
    CHECK(table.withContactUser("2").empty());

    shared.contact = "sip:%2a7#:secret@192.0.2.20;ob";
    table.replace("2102", {shared});
    CHECK(table.withContactUser("*7#") == Extensions{"2102"});
}
