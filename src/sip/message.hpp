// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A SIP message: the owner of a belle-sip request or response, its body, and the handful of parsed values that every
// layer asks for. Every header object is an extension header (a name and its text), immutable and shared: forwarding a
// request to five phones copies no header, and what the exchange does not change goes out byte for byte as it came in.
// Content-Length is not kept: marshal() writes the true one.
// Thread: loop.
#pragma once

#include "sip/belle_sip.hpp"
#include "sip/grammar.hpp"
#include "sip/header_names.hpp"
#include "sip/method.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::sip {

class Message {
public:
    /// A request with nothing but its first line. `requestUri` must be a valid URI.
    [[nodiscard]] static Message request(std::string_view method, std::string_view requestUri);
    /// A response with nothing but its first line; an empty reason becomes the standard one.
    [[nodiscard]] static Message response(int status, std::string_view reason = {});
    /// A response with the Via values, From, To, Call-ID and CSeq of `request` (RFC 3261 §8.2.6.2). `toTag` is added to
    /// a To that has none, unless it is empty; a 100 carries the Timestamp too.
    [[nodiscard]] static Message answer(const Message& request, int status, std::string_view toTag,
                                        std::string_view reason = {});

    Message(Message&&) noexcept = default;
    Message& operator=(Message&&) noexcept = default;

    /// A copy that shares the header objects and the body: the start of a forwarded message.
    [[nodiscard]] Message share() const;

    [[nodiscard]] bool isRequest() const noexcept { return isRequest_; }
    /// Of a request, or of the CSeq of a response.
    [[nodiscard]] Method method() const noexcept { return method_; }
    [[nodiscard]] std::string_view methodName() const noexcept;
    [[nodiscard]] int status() const noexcept { return status_; }
    [[nodiscard]] std::string_view reason() const noexcept;
    /// Parsed anew by each call: keep it where it is asked for twice.
    [[nodiscard]] UriView requestUri() const noexcept;
    void setRequestUri(std::string_view uri);

    // What the reader guarantees for every message that it returns. Views live until that header is changed.
    [[nodiscard]] const ViaView& topVia() const noexcept { return topVia_; }
    [[nodiscard]] const NameAddr& from() const noexcept { return from_; }
    [[nodiscard]] const NameAddr& to() const noexcept { return to_; }
    [[nodiscard]] std::string_view callId() const noexcept { return callId_; }
    [[nodiscard]] const CSeqView& cseq() const noexcept { return cseq_; }

    /// The value of the first header with this name (full name, case-insensitive).
    [[nodiscard]] std::optional<std::string_view> header(const char* name) const noexcept;
    /// All values in order. Via, Route, Record-Route, Path, Contact, Require and Proxy-Require are one value a header;
    /// the others stand as they were written.
    [[nodiscard]] std::vector<std::string_view> headers(const char* name) const;
    [[nodiscard]] std::size_t count(const char* name) const noexcept;

    void add(const char* name, std::string_view value);
    void addFirst(const char* name, std::string_view value);
    void set(const char* name, std::string_view value);
    void remove(const char* name);
    void removeFirst(const char* name);
    /// Removes what the sender claims to be (RFC 3324 §2.3): P-Asserted-Identity, Diversion and their like. Of a
    /// message that was read; without cost where there is none.
    void removeClaims();
    /// Removes challenges and answers to them, of whatever realm: they are between two neighbours. Likewise.
    void removeCredentials();

    [[nodiscard]] std::string_view body() const noexcept {
        return body_ ? std::string_view{*body_} : std::string_view{};
    }
    void setBody(std::string_view contentType, std::string body);

    /// Appends the message as it goes onto the wire, with a Content-Length of our own, to `out`.
    void marshal(std::string& out) const;
    [[nodiscard]] std::string toString() const;

private:
    friend class Reader;
    Message(SipRef<belle_sip_message_t> message, bool isRequest)
        : message_{std::move(message)}, isRequest_{isRequest} {}

    void removeKind(HeaderKind kind);
    /// Parses again whichever of the cached values the header `name` feeds.
    void refresh(const char* name);
    void setRequestLine(std::string_view method, std::string_view uri);
    /// Adds a header without refresh() and returns its value where it now lives.
    std::string_view append(const char* name, std::string_view value);

    SipRef<belle_sip_message_t> message_;
    std::shared_ptr<const std::string> requestUri_;
    std::shared_ptr<const std::string> body_;
    ViaView topVia_;
    NameAddr from_;
    NameAddr to_;
    std::string_view callId_;
    CSeqView cseq_;
    int status_ = 0;
    Method method_ = Method::Other;
    bool isRequest_ = true;
    bool hasClaims_ = false;
    bool hasCredentials_ = false;
};

/// The standard reason phrase of a status; "Unknown" for one that has none.
[[nodiscard]] std::string_view reasonPhrase(int status) noexcept;

}  // namespace beffroi::sip
