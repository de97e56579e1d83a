// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/security_log.hpp"

#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>
#include <vector>

using namespace beffroi;
using namespace beffroi::guard;
using Kind = SecurityEvent::Kind;

namespace {

struct Entry {
    log::Level level;
    Kind kind;
    std::uint64_t suppressed;
};

struct Stage {
    void report(Kind kind, const std::string& host = "203.0.113.5", std::uint16_t port = 5060) {
        assertOnLoop();
        SecurityEvent event;
        event.kind = kind;
        event.source = *SocketAddress::parse(host, port);
        log.report(event);
    }
    [[nodiscard]] std::uint64_t count(Kind kind) const { return log.counters()[static_cast<std::size_t>(kind)]; }

    test::FakeClock clock;
    std::vector<Entry> entries;
    SecurityLog log{clock, SourceHash{{1}},
                    [this](log::Level level, const SecurityEvent& event, std::uint64_t suppressed) {
                        entries.push_back({level, event.kind, suppressed});
                    }};
};

}  // namespace

TEST_CASE("of one kind and source one entry a second is written, and says what was left out", "[guard]") {
    Stage stage;
    for (std::uint16_t i = 0; i < 1000; ++i) stage.report(Kind::InvalidPassword, "203.0.113.5", 1000U + i);
    REQUIRE(stage.entries.size() == 1);
    CHECK(stage.entries[0].suppressed == 0);
    CHECK(stage.count(Kind::InvalidPassword) == 1000);

    stage.report(Kind::InvalidAccount);                  // another kind
    stage.report(Kind::InvalidPassword, "203.0.113.6");  // another source
    CHECK(stage.entries.size() == 3);
    CHECK(stage.entries[2].suppressed == 0);

    stage.clock.advance(1s);
    stage.report(Kind::InvalidPassword);
    REQUIRE(stage.entries.size() == 4);
    CHECK(stage.entries[3].suppressed == 999);
    stage.clock.advance(1s);
    stage.report(Kind::InvalidPassword);
    CHECK(stage.entries[4].suppressed == 0);
}

TEST_CASE("a flood from everywhere does not fill the disk", "[guard]") {
    Stage stage;
    std::uint64_t reported = 0;
    for (int second = 0; second < 60; ++second) {
        for (int host = 0; host < 1000; ++host, ++reported) {
            stage.report(Kind::RateLimited, "10.1." + std::to_string(host / 250) + '.' + std::to_string(host % 250));
        }
        stage.clock.advance(1s);
    }
    std::uint64_t told = stage.entries.size();
    CHECK(told <= 50 + 60 * 10);
    CHECK(told >= 60 * 10);
    for (const auto& entry : stage.entries) told += entry.suppressed;
    CHECK(told + 1000 >= reported);  // but for those since the last entry
    CHECK(told <= reported);
    CHECK(stage.count(Kind::RateLimited) == reported);
}

TEST_CASE("what happens all day is no news", "[guard]") {
    Stage stage;
    log::setLevel(log::Level::Debug);
    struct Case {
        Kind kind;
        log::Level level;
    };
    const auto given = GENERATE(values<Case>({
        {Kind::SuccessfulAuth, log::Level::Debug},
        {Kind::ChallengeSent, log::Level::Debug},
        {Kind::UnexpectedAddress, log::Level::Info},
        {Kind::Unbanned, log::Level::Info},
        {Kind::Banned, log::Level::Warning},
        {Kind::InvalidPassword, log::Level::Warning},
        {Kind::IdentityClaimed, log::Level::Warning},
    }));
    stage.report(given.kind);
    REQUIRE(stage.entries.size() == 1);
    CHECK(stage.entries[0].level == given.level);
    CHECK(stage.entries[0].kind == given.kind);
    log::setLevel(log::Level::Warning);
    stage.clock.advance(1s);
    stage.report(given.kind);
    CHECK(stage.entries.size() == (given.level == log::Level::Warning ? 2U : 1U));
    CHECK(stage.count(given.kind) == 2);  // counted all the same
}

TEST_CASE("every kind of event has a name of its own", "[guard]") {
    std::set<std::string> names;
    for (std::size_t kind = 0; kind < SecurityEvent::kKinds; ++kind) {
        names.emplace(toString(static_cast<Kind>(kind)));
    }
    CHECK(names.size() == SecurityEvent::kKinds);
    CHECK(toString(Kind::IdentityClaimed) == "identity-claimed");  // the last one: names and kinds are in step
    CHECK(toString(Kind::InvalidPassword) == "invalid-password");
}
