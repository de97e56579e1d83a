// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/bounded_table.hpp"

#include "guard/source_hash.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string>

using namespace beffroi;
using namespace beffroi::guard;

TEST_CASE("a million invented sources need no more room than a few, and push out what is old", "[guard]") {
    BoundedTable<int> table{1000};
    const auto capacity = table.capacity();
    CHECK(capacity >= 1000);
    const SourceHash hash{{1, 2, 3}};
    const auto address = [](std::uint32_t number) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_addr.s_addr = htonl(0x0b000000U + number);
        return SocketAddress::from(reinterpret_cast<const sockaddr&>(v4));
    };
    const auto busy = hash.ofHost(address(0));
    for (std::uint32_t i = 0; i < 1'000'000; ++i) {
        table.at(hash.ofHost(address(i))) += 1;
        if (i % 4 == 0) table.at(busy) += 1;
    }
    CHECK(table.capacity() == capacity);
    CHECK(*table.find(busy) == 250'001);  // who is heard of often stays
    CHECK(table.find(hash.ofHost(address(1))) == nullptr);
    CHECK(table.find(hash.ofHost(address(999'999))) != nullptr);
}

TEST_CASE("a set of eight keeps the eight that were asked for last", "[guard]") {
    BoundedTable<int> table{8};
    REQUIRE(table.capacity() == 8);
    for (int i = 0; i < 8; ++i) table.at(static_cast<std::uint64_t>(i)) = i + 100;
    CHECK(table.at(0) == 100);  // asked for again: now 1 is the oldest
    CHECK(table.at(8) == 0);
    CHECK(table.find(1) == nullptr);
    CHECK(*table.find(0) == 100);
    table.erase(0);
    CHECK(table.find(0) == nullptr);
    CHECK(table.at(9) == 0);  // in the place that became free
    CHECK(*table.find(2) == 102);
}

TEST_CASE("sources have names that nobody can predict", "[guard]") {
    const SourceHash one{{1}};
    const SourceHash other{{2}};
    const auto host = *SocketAddress::parse("192.0.2.1", 5060);
    CHECK(one.ofHost(host) == one.ofHost(host.withPort(1)));
    CHECK(one.ofHost(host) != one.ofHost(host, 1));
    CHECK(one.ofHost(host) != other.ofHost(host));
    CHECK(one.ofText("a") != other.ofText("a"));
    CHECK(one.ofHost(*SocketAddress::parse("2001:db8::1", 1)) == one.ofHost(*SocketAddress::parse("2001:db8::2", 2)));
    CHECK(one.ofHost(*SocketAddress::parse("2001:db8:0:1::1", 1)) !=
          one.ofHost(*SocketAddress::parse("2001:db8::1", 1)));
}
