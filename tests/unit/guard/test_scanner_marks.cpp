// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/scanner_marks.hpp"

#include <catch2/catch.hpp>

#include <string>

using beffroi::guard::ScannerMarks;

TEST_CASE("a scanner is known by its User-Agent or its name in From", "[guard]") {
    const ScannerMarks marks{{"Friendly-Scanner", "sipvicious", ""}};
    const std::string start = "OPTIONS sip:100@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\n";
    struct Case {
        const char* headers;
        const char* mark;
    };
    const auto given = GENERATE(values<Case>({
        {"User-Agent: friendly-scanner\r\n\r\n", "friendly-scanner"},
        {"user-agent :  FRIENDLY-SCANNER/1.0\r\n\r\n", "friendly-scanner"},
        {"From: \"sipvicious\"<sip:100@1.1.1.1>;tag=1\r\n\r\n", "sipvicious"},
        {"f: \"SIPVicious\"<sip:100@1.1.1.1>;tag=1\r\n\r\n", "sipvicious"},
        {"User-Agent: friendly-scanner", "friendly-scanner"},
        {"User-Agent: Yealink SIP-T46S 66.85.0.5\r\n\r\n", ""},
        {"Subject: friendly-scanner\r\n\r\n", ""},
        {"X-User-Agent: friendly-scanner\r\n\r\n", ""},
        {"User-Agent: phone\r\n\r\nUser-Agent: friendly-scanner\r\n", ""},  // the body is nobody's mark
        {"\r\n", ""},
    }));
    CAPTURE(given.headers);
    CHECK(marks.in(start + given.headers) == given.mark);
    CHECK(ScannerMarks{{}}.in(start + given.headers).empty());
}

TEST_CASE("nobody makes the search for a mark long", "[guard]") {
    const ScannerMarks marks{{"friendly-scanner"}};
    std::string far(4096, 'x');
    far += "\r\nUser-Agent: friendly-scanner\r\n\r\n";
    CHECK(marks.in(far).empty());
    CHECK(marks.in("").empty());
    CHECK(marks.in(std::string(3, '\0')).empty());
}
