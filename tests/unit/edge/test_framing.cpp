// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/framing.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace beffroi::edge;
using namespace std::string_literals;
using Found = StreamFramer::Found;

namespace {

constexpr std::string_view kStart =
    "OPTIONS sip:2101@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.10;branch=z9hG4bK1\r\n";

std::string message(std::string_view lengthFields, std::string_view body = {}) {
    return std::string{kStart}.append(lengthFields).append("Call-ID: 1\r\n\r\n").append(body);
}

// All that comes out of the stream, as words: a message as itself, a ping as "ping", the end as "unframable".
void takeAll(StreamFramer& framer, std::vector<std::string>& pieces) {
    for (auto piece = framer.next(); piece.found != Found::Nothing; piece = framer.next()) {
        if (piece.found == Found::Message) pieces.emplace_back(piece.bytes);
        if (piece.found == Found::Ping) pieces.emplace_back("ping");
        if (piece.found == Found::Unframable) pieces.emplace_back("unframable");
    }
}

std::vector<std::string> piecesOf(std::string_view stream, std::size_t step, FramingLimits limits = {}) {
    StreamFramer framer{limits};
    std::vector<std::string> pieces;
    for (; !stream.empty(); stream.remove_prefix(std::min(step, stream.size()))) {
        framer.append(stream.substr(0, step));
        takeAll(framer, pieces);
    }
    return pieces;
}

}  // namespace

TEST_CASE("a stream is cut alike, however it arrives", "[edge][rfc3261-18.3][rfc3261-7.5][rfc5626-3.5.1]") {
    const auto bare = message("Content-Length: 0\r\n");
    const auto full = message("Content-Length: 10\r\n", "\r\n\r\n456789");
    const std::vector<std::pair<std::string, std::vector<std::string>>> streams{
        {bare, {bare}},
        {full, {full}},
        {bare + full + bare, {bare, full, bare}},
        {full + full + "\r\n\r\n" + full, {full, full, "ping", full}},
        {"\r\n\r\n", {"ping"}},
        {"\r\n\r\n\r\n\r\n", {"ping", "ping"}},
        {"\r\n" + bare, {bare}},                                     // in front of a message it is nothing
        {bare + "\r\n" + full + "\r\n" + bare, {bare, full, bare}},  // a message ends what might become a ping
        {bare.substr(0, bare.size() - 1), {}},
        {full.substr(0, full.size() - 1), {}},
        {"\r\n\r", {}},
    };
    for (const auto& [stream, pieces] : streams) {
        CAPTURE(stream);
        for (const std::size_t step : {1U, 2U, 3U, 5U, 64U, 65536U}) {
            CAPTURE(step);
            CHECK(piecesOf(stream, step) == pieces);
        }
    }
}

TEST_CASE("the length is found in every form that the grammar has", "[edge][rfc3261-20.14][rfc3261-7.3]") {
    const std::vector<std::string> five{
        "Content-Length: 5\r\n",
        "content-length:5\r\n",
        "CONTENT-LENGTH \t:  5 \t\r\n",
        "l: 5\r\n",
        "L:5\r\n",
        "Content-Length: 005\r\n",
        "Content-Length:\r\n 5\r\n",
        "Content-Length: \r\n\t \r\n  5\r\n",
        "Content-Length: 5\r\n \r\n",
        "Content-Length: 5\r\nl: 5\r\n",                 // said twice, but alike
        "Subject: x\r\n Content-Length: 7\r\nl: 5\r\n",  // what continues another field is not a field
        "Content-Length-Hint: 7\r\nll: 9\r\nContent-Length: 5\r\n",
    };
    for (const auto& fields : five) {
        CAPTURE(fields);
        CHECK(contentLengthOf(message(fields)) == 5U);
        const auto whole = message(fields, "12345");
        CHECK(piecesOf(whole + "\r\n\r\n", 1) == std::vector{whole, "ping"s});
    }
}

TEST_CASE("without one length that can be believed nothing is cut", "[edge][rfc3261-18.3][rfc4475-3.1.2.3]") {
    const std::vector<std::string> none{
        "",
        "Content-Length:\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 5a\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 1 2\r\n",
        "Content-Length: 1\r\n 2\r\n",  // whoever unfolds it reads "1 2"
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "l: 6\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nl: x\r\n",
        "Content-Length: 4294967301\r\n",            // 5, to whoever counts with 32 bits
        "Content-Length: 18446744073709551621\r\n",  // 5, with 64
        "Subject: x\r\n Content-Length: 5\r\n",
        "Subject: x\nContent-Length: 5\r\n",
    };
    for (const auto& fields : none) {
        CAPTURE(fields);
        CHECK_FALSE(contentLengthOf(message(fields)));
        const auto stream = message(fields, "12345") + message("Content-Length: 0\r\n");
        CHECK(piecesOf(stream, 1) == std::vector{"unframable"s});
        CHECK(piecesOf(stream, 65536) == std::vector{"unframable"s});
    }
    CHECK_FALSE(contentLengthOf("Content-Length: 5\r\n\r\n"));  // a start line that looks like it
}

TEST_CASE("head and message have limits, to the octet", "[edge][rfc3261-18.3]") {
    const auto head = message("Content-Length: 4\r\n");
    const auto whole = head + "1234";
    const FramingLimits exact{head.size(), whole.size()};
    CHECK(piecesOf(whole + whole, 1, exact) == std::vector{whole, whole});
    CHECK(piecesOf(whole + whole, 65536, exact) == std::vector{whole, whole});
    for (const std::size_t step : {1U, 65536U}) {
        CHECK(piecesOf(whole, step, {head.size() - 1, whole.size()}) == std::vector{"unframable"s});
        CHECK(piecesOf(whole, step, {head.size(), whole.size() - 1}) == std::vector{"unframable"s});
    }
    // The head is too long before its end has come: no more of it is kept.
    const std::string endless(head.size() + 1, 'a');
    CHECK(piecesOf(endless, 1, exact) == std::vector{"unframable"s});
}

TEST_CASE("what cannot be framed is shown once, and ends the stream", "[edge]") {
    StreamFramer framer;
    const auto bad = message("Content-Length: x\r\n");
    framer.append(bad);
    const auto piece = framer.next();
    REQUIRE(piece.found == Found::Unframable);
    CHECK(piece.bytes == bad);
    CHECK_FALSE(framer.midMessage());
    framer.append(message("Content-Length: 0\r\n"));
    CHECK(framer.next().found == Found::Nothing);
}

TEST_CASE("the framer knows whether it waits for the rest of a message", "[edge]") {
    StreamFramer framer;
    const auto whole = message("Content-Length: 3\r\n", "abc");
    CHECK_FALSE(framer.midMessage());
    framer.append(whole.substr(0, 1));
    CHECK(framer.next().found == Found::Nothing);
    CHECK(framer.midMessage());
    framer.append(whole.substr(1, whole.size() - 2));
    CHECK(framer.next().found == Found::Nothing);
    CHECK(framer.midMessage());
    framer.append(whole.substr(whole.size() - 1) + "\r\n");
    CHECK(framer.next().bytes == whole);
    CHECK(framer.next().found == Found::Nothing);
    CHECK_FALSE(framer.midMessage());
}

TEST_CASE("a long-lived stream stays right while its buffer is moved down", "[edge]") {
    StreamFramer framer;
    std::string stream;
    std::vector<std::string> sent;
    for (int i = 0; i < 400; ++i) {
        const std::string body(static_cast<std::size_t>(i * 7 % 500), static_cast<char>('a' + i % 26));
        sent.push_back(message("l: " + std::to_string(body.size()) + "\r\n", body));
        stream += sent.back();
    }
    CHECK(piecesOf(stream, 16 * 1024) == sent);
    CHECK(piecesOf(stream, 1021) == sent);
}
