// SPDX-License-Identifier: AGPL-3.0-or-later
#include "lines/feature_change.hpp"

#include "beffroi/announcements.hpp"
#include "beffroi/feature_functions.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::lines;

namespace {

using Verb = FeatureRequest::Verb;

FeatureRequest request(std::string_view function, Verb verb, std::string argument = {},
                       std::chrono::seconds after = 0s) {
    return {std::string{function}, verb, "2101", std::move(argument), after};
}

/// What is heard after the codes before it were obeyed.
std::string heardAfter(const std::vector<FeatureRequest>& requests) {
    LineSettings settings;
    for (const auto& each : requests) obey(each, settings);
    auto text = spoken(requests.back(), settings);
    CHECK(announcements::isAnnouncement(text));
    return text;
}

}  // namespace

TEST_CASE("each forward is set, told and taken back by its code", "[lines][features]") {
    const auto [function, member] = GENERATE(table<std::string_view, std::string Forwards::*>({
        {functions::kForwardAlways, &Forwards::always},
        {functions::kForwardBusy, &Forwards::busy},
        {functions::kForwardNoAnswer, &Forwards::noAnswer},
        {functions::kForwardUnreachable, &Forwards::unreachable},
    }));
    const std::string name{function};
    LineSettings settings;
    obey(request(function, Verb::Set, "2105"), settings);
    CHECK(settings.forwards.*member == "2105");
    CHECK(spoken(request(function, Verb::Query), settings) == name + "-to+say:2105");
    obey(request(function, Verb::Query, "2199"), settings);
    CHECK(settings.forwards.*member == "2105");
    obey(request(function, Verb::Toggle), settings);
    CHECK(settings == LineSettings{});
    obey(request(function, Verb::Toggle, "2106"), settings);
    CHECK(settings.forwards.*member == "2106");

    const auto clear = GENERATE(std::string_view{"itself"}, functions::kForwards);
    CAPTURE(clear);
    obey(request(clear == "itself" ? function : clear, Verb::Clear), settings);
    CHECK(settings == LineSettings{});
    CHECK(spoken(request(function, Verb::Query), settings) == name + "-off");
}

TEST_CASE("what was done is told", "[lines][features]") {
    const auto [requests, text] = GENERATE(table<std::vector<FeatureRequest>, std::string>({
        {{request(functions::kForwardNoAnswer, Verb::Set, "2105", 25s)},
         "forward-no-answer-to+say:2105+after+number:25+seconds"},
        {{request(functions::kForwardNoAnswer, Verb::Set, "2105", 90s)}, "forward-no-answer-to+say:2105"},
        {{request(functions::kForwardAlways, Verb::Set, "+33612345678")}, "forward-always-to+say:33612345678"},
        {{request(functions::kForwardAlways, Verb::Set, "announcement:closed")}, "forward-always-to"},
        {{request(functions::kForwards, Verb::Clear)}, "forwards-off"},
        {{request(functions::kDoNotDisturb, Verb::Toggle)}, "do-not-disturb-on"},
        {{request(functions::kDoNotDisturb, Verb::Toggle), request(functions::kDoNotDisturb, Verb::Toggle)},
         "do-not-disturb-off"},
        {{request(functions::kDoNotDisturb, Verb::Set), request(functions::kDoNotDisturb, Verb::Query)},
         "do-not-disturb-on"},
        {{request(functions::kCallWaiting, Verb::Clear)}, "call-waiting-off"},
        {{request(functions::kCallWaiting, Verb::Query)}, "call-waiting-on"},
        {{request(functions::kGroup, Verb::Toggle, "2200")}, "group-left+say:2200"},
        {{request(functions::kGroup, Verb::Toggle, "2200"), request(functions::kGroup, Verb::Toggle, "2200")},
         "group-joined+say:2200"},
        {{request(functions::kStatus, Verb::Query)}, "your-number+say:2101+nothing-set"},
        {{request(functions::kForwardBusy, Verb::Set, "2105"), request(functions::kDoNotDisturb, Verb::Set),
          request(functions::kCallWaiting, Verb::Clear), request(functions::kGroup, Verb::Clear, "2200"),
          request(functions::kStatus, Verb::Query)},
         "your-number+say:2101+forward-busy-to+say:2105+do-not-disturb-on+call-waiting-off+group-left+say:2200"},
    }));
    CHECK(heardAfter(requests) == text);
    CHECK(isAboutSettings(requests.back()));
}

TEST_CASE("much that is set is told as far as one can listen", "[lines][features]") {
    std::vector<FeatureRequest> requests;
    for (int i = 0; i < 60; ++i) requests.push_back(request(functions::kGroup, Verb::Clear, std::to_string(2200 + i)));
    requests.push_back(request(functions::kStatus, Verb::Query));
    CHECK(heardAfter(requests).find("group-left+say:2200") != std::string::npos);
}

TEST_CASE("what needs a PIN or is a department's is not an extension's setting", "[lines][features]") {
    const auto function = GENERATE(functions::kHours, functions::kHotDesk, functions::kCallByPin, functions::kOff);
    LineSettings settings;
    obey(request(function, Verb::Set, "2101*1234"), settings);
    CHECK(settings == LineSettings{});
    CHECK_FALSE(isAboutSettings(request(function, Verb::Set)));
}

TEST_CASE("a PIN and a number are told apart, and are digits", "[lines][hot-desk][security]") {
    const auto parts = splitPin("2101*1234");
    REQUIRE(parts);
    CHECK(parts->first == "2101");
    CHECK(parts->second == "1234");
    const auto wrong = GENERATE(values<std::string>(
        {"", "2101", "2101*", "*1234", "2101*12*34", "2101*12a4", "21 01*1234", std::string(33, '1') + "*1"}));
    CAPTURE(wrong);
    CHECK_FALSE(splitPin(wrong));
}
