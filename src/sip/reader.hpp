// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Bytes in, a Message or a refusal out: the one place that decides what is a SIP message. One pass, limits on
// everything, no grammar of belle-sip's (docs/adr/0002). What a Message is guaranteed to have: a start line of SIP/2.0,
// exactly one From, To, Call-ID and CSeq and at least one Via, all well-formed, CSeq's method equal to the request's,
// at most one Max-Forwards (0–255), Content-Length equal to the body, Route, Record-Route, Path and Contact values
// well-formed, no NUL, bare CR or bare LF outside the body (a control character that is escaped inside quotes becomes a
// '?'), and a body that nothing has been done to: no Content-Encoding but identity.
// Thread: loop.
#pragma once

#include "sip/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace beffroi::sip {

/// RFC 3261 sets none; these are far above what phones send and far below what hurts. docs/limits.md is this table.
struct Limits {
    std::size_t message = 65535;    // octets, headers and body; a datagram is limited by the edge
    std::size_t headers = 128;      // header fields, after comma lists are split
    std::size_t headerLine = 4096;  // octets of one field, unfolded
    std::size_t uri = 512;          // the Request-URI, and that of each address
    std::size_t user = 128;         // of a Request-URI and of a contact
    std::size_t vias = 70;
    std::size_t routes = 32;
    std::size_t contacts = 16;
    std::size_t callId = 512;
    std::size_t method = 64;
    std::size_t body = 32768;
};

/// Why a message was not accepted, and all that is needed to answer it.
struct Refusal {
    int status = 0;  // 400, 413, 414, 415, 416, 505 …; 0: cannot or must not be answered (a response, an ACK, no Via)
    std::string reason;  // what was wrong, for the log and the reason phrase: plain ASCII, at most 80 octets
    /// The response, with the Via, From, To, Call-ID and CSeq that came; a malformed one is given back as it was.
    std::optional<Message> answer;
};

enum class Source : std::uint8_t { Datagram, Stream };

class Reader {
public:
    explicit Reader(Limits limits = {}) : limits_{limits} {}

    /// `bytes` is one datagram or one framed message. Octets of a datagram behind Content-Length are ignored (RFC 3261
    /// §18.3); a missing Content-Length takes the rest of a datagram and is an error on a stream.
    [[nodiscard]] std::variant<Message, Refusal> read(std::string_view bytes, Source source) const;

private:
    class Session;
    Limits limits_;
};

}  // namespace beffroi::sip
