// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Message over belle-sip's request and response objects. belle-sip keeps headers grouped by name and writes them in
// the order in which the names were first added; we hold one count of the message and it holds one of each header.

#include "sip/message.hpp"

#include "base/assert.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <utility>

namespace beffroi::sip {
namespace {

// Headers and start line together never exceed what the reader accepts plus what the exchange adds (Via, Route, tags).
constexpr std::size_t kMarshalLimit = 128 * 1024;

// belle-sip wants C strings: short texts are terminated on the stack, long ones on the heap.
class Terminated {
public:
    explicit Terminated(std::string_view text) {
        char* to = stack_.data();
        if (text.size() >= stack_.size()) {
            heap_ = std::make_unique<char[]>(text.size() + 1);
            to = heap_.get();
        }
        if (!text.empty()) std::memcpy(to, text.data(), text.size());
        to[text.size()] = '\0';
        text_ = to;
    }
    [[nodiscard]] const char* get() const noexcept { return text_; }

private:
    std::array<char, 512> stack_;
    std::unique_ptr<char[]> heap_;
    const char* text_ = nullptr;
};

SipRef<belle_sip_header_t> makeHeader(const char* name, std::string_view value) {
    return retain(
        reinterpret_cast<belle_sip_header_t*>(belle_sip_header_extension_create(name, Terminated{value}.get())));
}

std::string_view valueOf(const void* header) {
    const char* value =
        belle_sip_header_extension_get_value(static_cast<const struct _belle_sip_header_extension*>(header));
    return value != nullptr ? std::string_view{value} : std::string_view{};
}

void shareHeaders(belle_sip_message_t* to, const belle_sip_message_t* from, const char* name) {
    for (auto item = belle_sip_message_get_headers(from, name); item != nullptr; item = item->next) {
        belle_sip_message_add_header(to, static_cast<belle_sip_header_t*>(item->data));
    }
}

bool is(const char* name, std::string_view known) noexcept { return equalsIgnoreCase(name, known); }

}  // namespace

Message Message::request(std::string_view method, std::string_view requestUri) {
    Message message{retain(reinterpret_cast<belle_sip_message_t*>(belle_sip_request_new())), true};
    message.setRequestLine(method, requestUri);
    return message;
}

void Message::setRequestLine(std::string_view method, std::string_view uri) {
    belle_sip_request_set_method(reinterpret_cast<belle_sip_request_t*>(message_.get()), Terminated{method}.get());
    method_ = methodFromName(method);
    setRequestUri(uri);
}

void Message::setRequestUri(std::string_view uri) {
    const auto colon = uri.find(':');
    BEFFROI_ASSERT(isRequest_ && colon != std::string_view::npos);
    const auto object = retain(belle_generic_uri_new());
    belle_generic_uri_set_scheme(object.get(), Terminated{uri.substr(0, colon)}.get());
    belle_generic_uri_set_opaque_part(object.get(), Terminated{uri.substr(colon + 1)}.get());
    belle_sip_request_set_absolute_uri(reinterpret_cast<belle_sip_request_t*>(message_.get()), object.get());
    requestUri_ = std::make_shared<const std::string>(uri);
}

Message Message::response(int status, std::string_view reason) {
    Message message{retain(reinterpret_cast<belle_sip_message_t*>(belle_sip_response_new())), false};
    auto* object = reinterpret_cast<belle_sip_response_t*>(message.message_.get());
    belle_sip_response_set_status_code(object, status);
    belle_sip_response_set_reason_phrase(object, Terminated{reason.empty() ? reasonPhrase(status) : reason}.get());
    message.status_ = status;
    return message;
}

Message Message::answer(const Message& request, int status, std::string_view toTag, std::string_view reason) {
    auto message = response(status, reason);
    auto* to = message.message_.get();
    const auto* from = request.message_.get();
    shareHeaders(to, from, "Via");
    shareHeaders(to, from, "From");
    if (!toTag.empty() && request.to_.tag().empty()) {
        std::string value{request.header("To").value_or(std::string_view{})};
        value.append(";tag=").append(toTag);
        message.add("To", value);
    } else {
        shareHeaders(to, from, "To");
        message.to_ = request.to_;
    }
    shareHeaders(to, from, "Call-ID");
    shareHeaders(to, from, "CSeq");
    if (status == 100) shareHeaders(to, from, "Timestamp");
    message.topVia_ = request.topVia_;
    message.from_ = request.from_;
    message.callId_ = request.callId_;
    message.cseq_ = request.cseq_;
    message.method_ = request.method_;
    return message;
}

Message Message::share() const {
    auto copy = isRequest_ ? Message{retain(reinterpret_cast<belle_sip_message_t*>(belle_sip_request_new())), true}
                           : response(status_, reason());
    if (isRequest_) {
        auto* from = reinterpret_cast<belle_sip_request_t*>(message_.get());
        auto* to = reinterpret_cast<belle_sip_request_t*>(copy.message_.get());
        belle_sip_request_set_method(to, belle_sip_request_get_method(from));
        belle_sip_request_set_absolute_uri(to, belle_sip_request_get_absolute_uri(from));
        copy.requestUri_ = requestUri_;
    }
    auto* all = belle_sip_message_get_all_headers(message_.get());
    for (auto* item = all; item != nullptr; item = item->next) {
        belle_sip_message_add_header(copy.message_.get(), static_cast<belle_sip_header_t*>(item->data));
    }
    belle_sip_list_free(all);
    copy.body_ = body_;
    copy.topVia_ = topVia_;
    copy.from_ = from_;
    copy.to_ = to_;
    copy.callId_ = callId_;
    copy.cseq_ = cseq_;
    copy.method_ = method_;
    copy.hasClaims_ = hasClaims_;
    copy.hasCredentials_ = hasCredentials_;
    return copy;
}

std::string_view Message::methodName() const noexcept {
    if (!isRequest_) return cseq_.method;
    return belle_sip_request_get_method(reinterpret_cast<belle_sip_request_t*>(message_.get()));
}

std::string_view Message::reason() const noexcept {
    if (isRequest_) return {};
    const char* reason = belle_sip_response_get_reason_phrase(reinterpret_cast<belle_sip_response_t*>(message_.get()));
    return reason != nullptr ? std::string_view{reason} : std::string_view{};
}

UriView Message::requestUri() const noexcept {
    return requestUri_ ? parseUri(*requestUri_).value_or(UriView{}) : UriView{};
}

std::optional<std::string_view> Message::header(const char* name) const noexcept {
    const auto* list = belle_sip_message_get_headers(message_.get(), name);
    if (list == nullptr) return std::nullopt;
    return valueOf(list->data);
}

std::vector<std::string_view> Message::headers(const char* name) const {
    std::vector<std::string_view> values;
    for (auto item = belle_sip_message_get_headers(message_.get(), name); item != nullptr; item = item->next) {
        values.push_back(valueOf(item->data));
    }
    return values;
}

std::size_t Message::count(const char* name) const noexcept {
    std::size_t number = 0;
    for (auto item = belle_sip_message_get_headers(message_.get(), name); item != nullptr; item = item->next) ++number;
    return number;
}

std::string_view Message::append(const char* name, std::string_view value) {
    const auto header = makeHeader(name, value);
    belle_sip_message_add_header(message_.get(), header.get());
    return valueOf(header.get());
}

void Message::add(const char* name, std::string_view value) {
    append(name, value);
    refresh(name);
}

void Message::addFirst(const char* name, std::string_view value) {
    belle_sip_message_add_first(message_.get(), makeHeader(name, value).get());
    refresh(name);
}

void Message::set(const char* name, std::string_view value) {
    belle_sip_message_set_header(message_.get(), makeHeader(name, value).get());
    refresh(name);
}

void Message::remove(const char* name) {
    belle_sip_message_remove_header(message_.get(), name);
    refresh(name);
}

void Message::removeFirst(const char* name) {
    belle_sip_message_remove_first(message_.get(), name);
    refresh(name);
}

void Message::removeKind(HeaderKind kind) {
    for (const auto& known : headerNames()) {
        if (known.kind == kind) belle_sip_message_remove_header(message_.get(), known.name);
    }
}

void Message::removeClaims() {
    if (std::exchange(hasClaims_, false)) removeKind(HeaderKind::Claim);
}

void Message::removeCredentials() {
    if (std::exchange(hasCredentials_, false)) removeKind(HeaderKind::Credential);
}

void Message::refresh(const char* name) {
    const auto value = [&] { return header(name).value_or(std::string_view{}); };
    if (is(name, "Via")) {
        topVia_ = parseVia(value()).value_or(ViaView{});
    } else if (is(name, "From")) {
        from_ = parseNameAddr(value()).value_or(NameAddr{});
    } else if (is(name, "To")) {
        to_ = parseNameAddr(value()).value_or(NameAddr{});
    } else if (is(name, "Call-ID")) {
        callId_ = value();
    } else if (is(name, "CSeq")) {
        cseq_ = parseCSeq(value()).value_or(CSeqView{});
        if (!isRequest_) method_ = methodFromName(cseq_.method);
    }
}

void Message::setBody(std::string_view contentType, std::string body) {
    if (contentType.empty()) {
        remove("Content-Type");
    } else {
        set("Content-Type", contentType);
    }
    body_ = body.empty() ? nullptr : std::make_shared<const std::string>(std::move(body));
}

void Message::marshal(std::string& out) const {
    thread_local std::array<char, kMarshalLimit> buffer;
    std::size_t length = 0;
    const auto result = belle_sip_object_marshal(reinterpret_cast<belle_sip_object_t*>(message_.get()), buffer.data(),
                                                 buffer.size(), &length);
    BEFFROI_ASSERT(result == BELLE_SIP_OK && length >= 2);
    out.append(buffer.data(), length - 2);  // without the empty line: Content-Length comes before it
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), body().size()).ptr;
    out.append("Content-Length: ").append(digits.data(), end).append("\r\n\r\n").append(body());
}

std::string Message::toString() const {
    std::string text;
    marshal(text);
    return text;
}

std::string_view reasonPhrase(int status) noexcept {
    switch (status) {
        case 100: return "Trying";
        case 180: return "Ringing";
        case 181: return "Call Is Being Forwarded";
        case 182: return "Queued";
        case 183: return "Session Progress";
        case 199: return "Early Dialog Terminated";
        case 200: return "OK";
        case 202: return "Accepted";
        case 302: return "Moved Temporarily";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 407: return "Proxy Authentication Required";
        case 408: return "Request Timeout";
        case 413: return "Request Entity Too Large";
        case 414: return "Request-URI Too Long";
        case 415: return "Unsupported Media Type";
        case 416: return "Unsupported URI Scheme";
        case 420: return "Bad Extension";
        case 423: return "Interval Too Brief";
        case 430: return "Flow Failed";
        case 440: return "Max-Breadth Exceeded";
        case 480: return "Temporarily Unavailable";
        case 481: return "Call/Transaction Does Not Exist";
        case 482: return "Loop Detected";
        case 483: return "Too Many Hops";
        case 484: return "Address Incomplete";
        case 486: return "Busy Here";
        case 487: return "Request Terminated";
        case 488: return "Not Acceptable Here";
        case 489: return "Bad Event";
        case 491: return "Request Pending";
        case 500: return "Server Internal Error";
        case 501: return "Not Implemented";
        case 502: return "Bad Gateway";
        case 503: return "Service Unavailable";
        case 504: return "Server Time-out";
        case 505: return "Version Not Supported";
        case 513: return "Message Too Large";
        case 600: return "Busy Everywhere";
        case 603: return "Decline";
        case 604: return "Does Not Exist Anywhere";
        case 606: return "Not Acceptable";
        default: return "Unknown";
    }
}

}  // namespace beffroi::sip
