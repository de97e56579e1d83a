// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sip/header_names.hpp"

#include "sip/grammar.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace beffroi::sip;

TEST_CASE("a header is known by its name in any case and by its compact form", "[sip][rfc3261-7.3.3]") {
    struct Row {
        char compact;
        const char* name;
    };
    // The registry of compact forms: RFC 3261, 3265, 3515, 3841, 3892, 4028, 4474.
    const auto row = GENERATE(values<Row>({{'a', "Accept-Contact"},
                                           {'b', "Referred-By"},
                                           {'c', "Content-Type"},
                                           {'d', "Request-Disposition"},
                                           {'e', "Content-Encoding"},
                                           {'f', "From"},
                                           {'i', "Call-ID"},
                                           {'j', "Reject-Contact"},
                                           {'k', "Supported"},
                                           {'l', "Content-Length"},
                                           {'m', "Contact"},
                                           {'n', "Identity-Info"},
                                           {'o', "Event"},
                                           {'r', "Refer-To"},
                                           {'s', "Subject"},
                                           {'t', "To"},
                                           {'u', "Allow-Events"},
                                           {'v', "Via"},
                                           {'x', "Session-Expires"},
                                           {'y', "Identity"}}));
    CAPTURE(row.name);
    std::string upper{row.name};
    for (auto& c : upper) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
    }
    const auto* found = findHeaderName(row.name);
    REQUIRE(found != nullptr);
    CHECK(std::string{found->name} == row.name);
    CHECK(findHeaderName(upper) == found);
    CHECK(findHeaderName(std::string(1, row.compact)) == found);
    CHECK(findHeaderName(std::string(1, static_cast<char>(row.compact - ('a' - 'A')))) == found);
}

TEST_CASE("other names and letters are unknown", "[sip][rfc3261-7.3.3]") {
    for (const char* const name : {"", "g", "h", "p", "q", "w", "z", "1", "-", "@", "[", "\xe9", "Vi", "Viaa", "X-Via",
                                   "Proxy-Authorization-Information", "Content_Length"}) {
        CAPTURE(name);
        CHECK(findHeaderName(name) == nullptr);
    }
}

TEST_CASE("what decides where a message goes stands once or is split", "[sip][rfc3261-7.3.1]") {
    for (const char* const name : {"From", "To", "Call-ID", "CSeq", "Max-Forwards", "Content-Length", "Content-Type",
                                   "Expires", "Event", "Refer-To", "Replaces", "Session-Expires"}) {
        CAPTURE(name);
        CHECK(standsOnce(findHeaderName(name)->kind));
    }
    for (const char* const name : {"Via", "Route", "Record-Route", "Path", "Contact", "Require", "Proxy-Require"}) {
        CAPTURE(name);
        CHECK_FALSE(standsOnce(findHeaderName(name)->kind));
        CHECK(findHeaderName(name)->kind != HeaderKind::Other);
    }
    for (const char* const name : {"Allow", "Supported", "Privacy", "Reply-To"}) {
        CAPTURE(name);
        const auto* found = findHeaderName(name);
        CHECK((found == nullptr || found->kind == HeaderKind::Other));
    }
}

TEST_CASE("every known name has a number of its own", "[sip]") {
    std::set<int> numbers;
    for (const char* const name : {"Via", "v", "From", "f", "To", "t", "Allow", "Accept", "WWW-Authenticate"}) {
        const auto* found = findHeaderName(name);
        REQUIRE(found != nullptr);
        CHECK(found->index < kHeaderNames);
        numbers.insert(found->index);
    }
    CHECK(numbers.size() == 6);
}
