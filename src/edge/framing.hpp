// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Cuts a stream into SIP messages by Content-Length (RFC 3261 §18.3) and keep-alives (RFC 5626 §3.5.1). Looks at each
// octet once, however the stream is split; knows nothing else of SIP.
// Thread: loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace beffroi::edge {

struct FramingLimits {
    std::size_t head = 16 * 1024;     // start line and header fields
    std::size_t message = 64 * 1024;  // with the body
};

class StreamFramer {
public:
    explicit StreamFramer(FramingLimits limits = {}) : limits_{limits} {}

    enum class Found : std::uint8_t { Nothing, Message, Ping, Unframable };
    struct Piece {
        Found found = Found::Nothing;
        std::string_view bytes;  // valid until the next call of a member
    };

    void append(std::string_view bytes) { buffer_.append(bytes); }

    /// The next whole message, a ping (CRLF CRLF), or the reason to close: a head or message beyond the limits, no or
    /// contradictory Content-Length. After Unframable the stream has no more pieces. A single CRLF is nothing: it is
    /// the answer to a ping, or stands in front of a message (RFC 3261 §7.5).
    [[nodiscard]] Piece next();

    /// Octets that wait for the rest of their message.
    [[nodiscard]] std::size_t waiting() const noexcept { return buffer_.size() - taken_; }

    /// True if part of a message has come: a peer that stays here too long is slow or hostile.
    [[nodiscard]] bool midMessage() const noexcept { return !broken_ && taken_ < buffer_.size(); }

private:
    [[nodiscard]] bool takeLineEnds();
    [[nodiscard]] std::optional<std::size_t> findHeadEnd();
    [[nodiscard]] Piece unframable();
    void compact();

    FramingLimits limits_;
    std::string buffer_;
    std::size_t taken_ = 0;             // what was given out already
    std::size_t scanned_ = 0;           // how far the search for the end of the head has come
    std::optional<std::size_t> total_;  // length of the current message, once its head is whole
    bool lineEnd_ = false;              // the first half of what may be a ping was taken
    bool broken_ = false;
};

/// The value of the one Content-Length (or `l`) in a head; nothing if there is none, two differ, or it is no number.
[[nodiscard]] std::optional<std::size_t> contentLengthOf(std::string_view head) noexcept;

}  // namespace beffroi::edge
