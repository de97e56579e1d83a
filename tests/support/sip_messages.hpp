// SPDX-License-Identifier: AGPL-3.0-or-later
//
// SIP messages as text for tests: valid defaults, and answers made from what was sent.
#pragma once

#include "sip/reader.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

namespace beffroi::test {

struct RequestText {
    std::string method = "INVITE";
    std::string uri = "sip:2102@192.0.2.1";
    std::string via = "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKclient1";
    std::string from = "<sip:2101@192.0.2.1>;tag=alice";
    std::string to = "<sip:2102@192.0.2.1>";
    std::string callId = "call-1@192.0.2.10";
    unsigned cseq = 1;
    std::string more;  // further header fields, each ended by CRLF
    std::string body;

    [[nodiscard]] std::string text() const {
        return method + ' ' + uri + " SIP/2.0\r\nVia: " + via + "\r\nFrom: " + from + "\r\nTo: " + to +
               "\r\nCall-ID: " + callId + "\r\nCSeq: " + std::to_string(cseq) + ' ' + method +
               "\r\nMax-Forwards: 70\r\n" + more + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }
};

/// `text` with the first `from`, which must be there, replaced.
[[nodiscard]] inline std::string replaceOnce(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error{"not found: " + std::string{from}};
    return text.replace(at, from.size(), to);
}

/// Reads a message that must be accepted.
[[nodiscard]] inline sip::Message readMessage(std::string_view text) {
    auto result = sip::Reader{}.read(text, sip::Source::Datagram);
    if (auto* refusal = std::get_if<sip::Refusal>(&result)) {
        throw std::runtime_error{"refused: " + refusal->reason + "\n" + std::string{text}};
    }
    return std::move(std::get<sip::Message>(result));
}

/// The answer of a user agent to a request that was sent to it.
[[nodiscard]] inline std::string answerTo(std::string_view request, int status, std::string_view tag,
                                          std::string_view more = {}) {
    const auto message = readMessage(request);
    auto answer = sip::Message::answer(message, status, tag);
    for (const auto route : message.headers("Record-Route")) answer.add("Record-Route", route);
    if (status < 300) answer.add("Contact", "<sip:callee@192.0.2.20>");
    auto text = answer.toString();
    if (!more.empty()) text.insert(text.find("Content-Length"), more);
    return text;
}

}  // namespace beffroi::test
