// SPDX-License-Identifier: AGPL-3.0-or-later
#include "proxy/response_choice.hpp"

#include "support/sip_messages.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

using namespace beffroi;
using namespace beffroi::proxy;
using namespace beffroi::test;

namespace {

sip::Message failure(int status, std::string_view tag = "phone") {
    return sip::Message::answer(readMessage(RequestText{}.text()), status, tag);
}

int chosenOf(const std::vector<int>& statuses) {
    ResponseChoice choice;
    for (const int status : statuses) choice.add(failure(status));
    return choice.answer(readMessage(RequestText{}.text()), "ours").status();
}

}  // namespace

TEST_CASE("the best of the failures goes upstream, in whatever order they came", "[proxy][rfc3261-16.7]") {
    struct Row {
        std::vector<int> received;
        int sent;
    };
    const Row rows[] = {
        {{486}, 486},
        {{302}, 302},
        {{404, 302}, 302},            // the lowest class
        {{500, 404}, 404},            //
        {{502, 486, 500}, 486},       //
        {{302, 486, 603}, 603},       // but any 6xx before all
        {{486, 415}, 415},            // within 4xx what a new attempt could mend
        {{404, 415}, 415},            //
        {{486, 420}, 420},            //
        {{480, 484}, 484},            //
        {{404, 486}, 486},            // then what a person did
        {{408, 404}, 404},            // and what only says that nobody answered last
        {{487, 408, 480}, 480},       //
        {{503}, 500},                 // a 503 is not ours to say
        {{503, 502}, 502},            // and gives way to any other
        {{503, 404}, 404},            //
        {{503, 503, 503}, 500},       //
        {{408, 487, 403, 503}, 403},  //
    };
    for (const auto& row : rows) {
        auto received = row.received;
        std::sort(received.begin(), received.end());
        do {
            INFO(Catch::StringMaker<std::vector<int>>::convert(received));
            CHECK(chosenOf(received) == row.sent);
        } while (std::next_permutation(received.begin(), received.end()));
    }
}

TEST_CASE("the chosen response goes on as it came, the first among equals", "[proxy][rfc3261-16.7]") {
    const auto request = readMessage(RequestText{}.text());
    ResponseChoice choice;
    auto busy = failure(486, "first");
    busy.add("Warning", "399 example \"on the phone\"");
    choice.add(std::move(busy));
    choice.add(failure(480, "second"));
    const auto answer = choice.answer(request, "ours");
    CHECK(answer.status() == 486);
    CHECK(answer.to().tag() == "first");
    CHECK(answer.header("Warning") == "399 example \"on the phone\"");
}

TEST_CASE("a telephone's challenge never reaches the caller", "[proxy][security][rfc3261-16.7]") {
    const auto request = readMessage(RequestText{}.text());
    const auto challenged = [](int status) {
        auto response = failure(status);
        response.add("WWW-Authenticate", "Digest realm=\"town.example\", nonce=\"phones\"");
        response.add("Proxy-Authenticate", "Digest realm=\"town.example\", nonce=\"phones\"");
        return response;
    };
    struct Row {
        std::vector<int> received;
        int sent;
        std::string_view tag;
    };
    const Row rows[] = {
        {{401}, 403, "ours"},      {{407}, 403, "ours"},       {{401, 407}, 403, "ours"}, {{486, 401}, 486, "phone"},
        {{407, 503}, 403, "ours"}, {{404, 603}, 603, "phone"}, {{486}, 486, "phone"},     {{302}, 302, "phone"},
    };
    for (const auto& row : rows) {
        ResponseChoice choice;
        for (const int status : row.received) choice.add(challenged(status));
        const auto answer = choice.answer(request, "ours");
        INFO(Catch::StringMaker<std::vector<int>>::convert(row.received));
        CHECK(choice.status() == row.sent);
        CHECK(answer.status() == row.sent);
        CHECK(answer.to().tag() == row.tag);
        CHECK(answer.count("WWW-Authenticate") == 0);
        CHECK(answer.count("Proxy-Authenticate") == 0);
    }
}

TEST_CASE("what ended without a response counts too, under our own tag", "[proxy][rfc3261-16.8][rfc3261-16.9]") {
    const auto request = readMessage(RequestText{}.text());
    ResponseChoice choice;

    SECTION("nothing at all is a time-out") { CHECK(choice.answer(request, "ours").status() == 408); }
    SECTION("a time-out") {
        choice.addStatus(408);
        const auto answer = choice.answer(request, "ours");
        CHECK(answer.status() == 408);
        CHECK(answer.to().tag() == "ours");
    }
    SECTION("a response that is better takes its place") {
        choice.addStatus(408);
        choice.add(failure(486));
        CHECK(choice.answer(request, "ours").to().tag() == "phone");
    }
    SECTION("a response that is worse does not") {
        choice.addStatus(404);
        choice.add(failure(503));
        const auto answer = choice.answer(request, "ours");
        CHECK(answer.status() == 404);
        CHECK(answer.to().tag() == "ours");
    }
    SECTION("a phone out of reach is told as 480") {
        choice.addUnreachable();
        CHECK(choice.answer(request, "ours").status() == 480);
    }
    SECTION("but whatever another phone said is better") {
        for (const int status : {404, 486, 408, 500}) {
            ResponseChoice both;
            both.addUnreachable();
            both.add(failure(status));
            CHECK(both.answer(request, "ours").status() == status);
        }
    }
}
