// SPDX-License-Identifier: AGPL-3.0-or-later
#include "proxy/call_history.hpp"

#include "support/sip_messages.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::proxy;
using namespace beffroi::test;

namespace {

const HistoryWriter kWriter{
    [](std::string_view number) { return "sip:" + std::string{number} + "@town.example"; },
    [](std::string_view number) { return number == "2101" ? std::string{"\"Anne\""} : std::string{}; }};

using Texts = std::vector<std::string>;

Texts values(const std::vector<HeaderField>& fields, std::string_view name) {
    Texts found;
    for (const auto& field : fields) {
        if (name == field.name) found.push_back(field.value);
    }
    return found;
}

Texts history(const std::vector<Diversion>& diversions, const TakenHistory& taken = {}) {
    return values(historyOf(diversions, "2103", "sip:2103-ecole@192.0.2.22:5060", 2, taken, kWriter), "History-Info");
}
Texts diversion(const std::vector<Diversion>& diversions, const TakenHistory& taken = {}) {
    return values(historyOf(diversions, "2103", "sip:2103-ecole@192.0.2.22:5060", 2, taken, kWriter), "Diversion");
}

TakenHistory taken(const std::string& more) {
    RequestText invite;
    invite.more = more;
    return takeHistory(readMessage(invite.text()));
}

}  // namespace

TEST_CASE("a call that was not diverted has no history", "[proxy][rfc7044-9.3]") {
    CHECK(history({}).empty());
    CHECK(diversion({}).empty());
}

TEST_CASE("a diverted call says by whom it came and why", "[proxy][rfc7044-9.3][rfc5806-5][rfc4458-3.1]") {
    struct Row {
        DiversionReason reason;
        std::string cause;
        std::string word;
    };
    using enum DiversionReason;
    const Row rows[] = {{Unconditional, ";cause=302", "unconditional"},
                        {UserBusy, ";cause=486", "user-busy"},
                        {NoAnswer, ";cause=408", "no-answer"},
                        {Unreachable, ";cause=503", "unavailable"},
                        {TimeOfDay, ";cause=302", "time-of-day"},
                        {DoNotDisturb, ";cause=480", "do-not-disturb"},
                        {Group, "", "unknown"}};
    for (const auto& row : rows) {
        INFO(row.word);
        CHECK(history({{"2101", row.reason}}) == Texts{"<sip:2101@town.example>;index=1",
                                                       "<sip:2103@town.example" + row.cause + ">;index=1.1;mp=1",
                                                       "<sip:2103-ecole@192.0.2.22:5060>;index=1.1.2;rc=1.1"});
        CHECK(diversion({{"2101", row.reason}}) ==
              Texts{"\"Anne\" <sip:2101@town.example>;reason=" + row.word + ";counter=1;privacy=off"});
    }
}

TEST_CASE("every number on the way is told, in Diversion the latest first", "[proxy][rfc7044-9.3][rfc5806-5]") {
    const std::vector<Diversion> way{{"2500", DiversionReason::Group}, {"2101", DiversionReason::NoAnswer}};
    CHECK(history(way) == Texts{"<sip:2500@town.example>;index=1", "<sip:2101@town.example>;index=1.1;mp=1",
                                "<sip:2103@town.example;cause=408>;index=1.1.1;mp=1.1",
                                "<sip:2103-ecole@192.0.2.22:5060>;index=1.1.1.2;rc=1.1.1"});
    const auto told = diversion(way);
    REQUIRE(told.size() == 2);
    CHECK(told[0].starts_with("\"Anne\" <sip:2101@"));
    CHECK(told[1].starts_with("<sip:2500@"));
}

TEST_CASE("what came from outside is taken over, and ours goes on below it", "[proxy][rfc7044-9.3]") {
    const auto before = taken(
        "History-Info: <sip:+33327000100@op.example>;index=1, "
        "<sip:+33327000101@op.example;cause=302>;index=1.1;mp=1\r\n"
        "Diversion: \"A, B\" <sip:+33327000100@op.example>;reason=unconditional\r\n");
    CHECK(history({}, before) ==
          Texts{"<sip:+33327000100@op.example>;index=1", "<sip:+33327000101@op.example;cause=302>;index=1.1;mp=1"});
    const auto told = history({{"2101", DiversionReason::UserBusy}}, before);
    REQUIRE(told.size() == 5);
    CHECK(told[2] == "<sip:2101@town.example>;index=1.1.1");
    CHECK(told[3] == "<sip:2103@town.example;cause=486>;index=1.1.1.1;mp=1.1.1");
    const auto diverted = diversion({{"2101", DiversionReason::UserBusy}}, before);
    REQUIRE(diverted.size() == 2);
    CHECK(diverted[1] == "\"A, B\" <sip:+33327000100@op.example>;reason=unconditional");
}

TEST_CASE("what is malformed or too much is not taken over", "[proxy][rfc7044-9.3][security]") {
    const auto* value = GENERATE("<sip:a@b>", "<sip:a@b>;index=", "<sip:a@b>;index=1x", "<sip:a@b>;index=.1",
                                 "<sip:a@b>;index=1, nonsense<", "<http://a.example/>;index=1",
                                 "<sip:a@b>;index=1,<sip:a@b>;index=2,<sip:a@b>;index=3,<sip:a@b>;index=4,"
                                 "<sip:a@b>;index=5,<sip:a@b>;index=6");
    INFO(value);
    CHECK(taken("History-Info: " + std::string{value} + "\r\n").historyInfo.empty());
    CHECK(taken("History-Info: <sip:" + std::string(300, 'a') + "@b>;index=1\r\n").historyInfo.empty());
    CHECK(taken("Diversion: <mailto:a@b>;reason=unknown\r\n").diversion.empty());
}
