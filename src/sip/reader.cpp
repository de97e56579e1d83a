// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The reader at work: start line, header fields one by one, then the rules that need them all. The first mistake
// decides the refusal; reading goes on behind it only to find what the answer needs.

#include "sip/reader.hpp"

#include "sip/character_classes.hpp"
#include "sip/header_names.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <functional>

namespace beffroi::sip {
namespace {

constexpr std::string_view kVersion = "SIP/2.0";
constexpr std::size_t kLeadingLineEnds = 8;

// Text of a header field: no control characters but TAB.
bool isCleanText(std::string_view text) noexcept {
    return std::none_of(text.begin(), text.end(), [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return (octet < 0x20 && c != '\t') || octet == 0x7f;
    });
}

// `text` with a '?' for every control character that a backslash escapes inside quotes (RFC 4475 §3.1.1.2): such a text
// is well-formed, but nothing to show, to log or to keep as a C string. All others are left for whoever checks them.
std::string withoutEscapedControls(std::string_view text) {
    std::string result{text};
    bool quoted = false;
    for (std::size_t i = 0; i < result.size(); ++i) {
        if (result[i] == '"') quoted = !quoted;
        if (!quoted || result[i] != '\\' || ++i >= result.size()) continue;
        if (result[i] != '\n' && !isCleanText({&result[i], 1})) result[i] = '?';
    }
    return result;
}

// RFC 3261 §20.12, §8.2.3: a body that is compressed is for nobody here, and inflating one is a risk of its own.
bool isPlainEncoding(std::string_view value) noexcept {
    while (const auto coding = nextListValue(value)) {
        if (!equalsIgnoreCase(*coding, "identity")) return false;
    }
    return true;
}

bool isVersion(std::string_view text) noexcept {
    return text.size() > 4 && equalsIgnoreCase(text.substr(0, 4), "SIP/") &&
           std::all_of(text.begin() + 4, text.end(), [](char c) { return isIn(c, kDigit) || c == '.'; });
}

// RFC 2046 §5.1.1. belle-sip, with which the bridge reads, follows a boundary that is missing, or whose name is not in
// small letters, into nothing: the process ends. Hence the name in small letters; nothing if there is no boundary.
std::optional<std::string> contentType(std::string_view value) {
    std::string result{value};
    const auto type = trim(value.substr(0, value.find('/')));
    if (!equalsIgnoreCase(type, "multipart")) return result;
    const auto start = value.find(';');
    const auto parameters = start == std::string_view::npos ? std::nullopt : Parameters::parse(value.substr(start));
    if (!parameters) return std::nullopt;
    constexpr std::string_view kBoundary{"boundary"};
    auto rest = parameters->text();
    while (const auto pair = Parameters::next(rest)) {
        if (!equalsIgnoreCase(pair->name, kBoundary)) continue;
        if (!pair->value || pair->value->empty()) return std::nullopt;
        result.replace(static_cast<std::size_t>(pair->name.data() - value.data()), kBoundary.size(), kBoundary);
        return result;
    }
    return std::nullopt;
}

std::string statelessTag(std::string_view callId, std::string_view branch) {
    const auto value = std::hash<std::string_view>{}(callId) ^ (std::hash<std::string_view>{}(branch)*31U);
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    return {digits.data(), end};
}

}  // namespace

/// The state of one read(): lives on the stack for one message.
class Reader::Session {
public:
    Session(const Limits& limits, std::string_view bytes, Source source)
        : limits_{limits}, rest_{bytes}, source_{source} {}

    std::variant<Message, Refusal> run() {
        for (std::size_t i = 0; i < kLeadingLineEnds && rest_.starts_with("\r\n"); ++i) rest_.remove_prefix(2);
        if (rest_.size() > limits_.message) return Refusal{0, "message too large", std::nullopt};
        if (!readStartLine()) return Refusal{0, reason_.empty() ? "not a SIP message" : reason_, std::nullopt};
        readHeaders();
        if (status_ == 0) checkWhole();
        if (status_ == 0) readBody();
        if (status_ != 0) return refusal();
        return std::move(*message_);
    }

private:
    // ---- lines

    /// The next line without its CRLF; nothing at the end of the bytes or at a CR or LF that stands alone.
    std::optional<std::string_view> nextLine() noexcept {
        const auto end = rest_.find('\r');
        if (end == std::string_view::npos || end + 1 >= rest_.size() || rest_[end + 1] != '\n') return std::nullopt;
        const auto line = rest_.substr(0, end);
        rest_.remove_prefix(end + 2);
        return line;
    }

    void fail(int status, std::string_view reason) {
        if (status_ != 0) return;
        status_ = status;
        reason_ = reason;
    }

    // ---- start line

    bool readStartLine() {
        const auto line = nextLine();
        if (!line || !isCleanText(*line)) return false;
        if (line->starts_with("SIP/") || line->starts_with("sip/")) return readStatusLine(*line);
        const auto firstSpace = line->find(' ');
        const auto lastSpace = line->find_last_not_of(' ') == std::string_view::npos
                                   ? std::string_view::npos
                                   : line->rfind(' ', line->find_last_not_of(' '));
        if (firstSpace == std::string_view::npos || lastSpace == firstSpace) return false;
        const auto behindUri = line->substr(lastSpace + 1);
        const auto version = trim(behindUri);
        const auto method = line->substr(0, firstSpace);
        if (!isVersion(version) || !isToken(method)) return false;
        isRequest_ = true;
        methodName_ = method;
        message_.emplace(Message{retain(reinterpret_cast<belle_sip_message_t*>(belle_sip_request_new())), true});
        if (!equalsIgnoreCase(version, kVersion)) fail(505, "SIP version not supported");
        if (version.size() != behindUri.size()) fail(400, "white space around the SIP version");
        readRequestUri(line->substr(firstSpace + 1, lastSpace - firstSpace - 1));
        return true;
    }

    void readRequestUri(std::string_view text) {
        if (methodName_.size() > limits_.method) return fail(400, "method too long");
        if (text.size() > limits_.uri) return fail(414, "Request-URI too long");
        const auto uri = parseUri(text);
        if (!uri) return fail(400, "malformed Request-URI");
        if (uri->scheme == UriView::Scheme::Other) return fail(416, "unsupported URI scheme");
        if (uri->user.size() > limits_.user) return fail(414, "user part of the Request-URI too long");
        if (!uri->headers.empty()) return fail(400, "header fields in the Request-URI");
        message_->setRequestLine(methodName_, text);
    }

    bool readStatusLine(std::string_view line) {
        isRequest_ = false;
        if (line.size() < 12 || line.size() > limits_.headerLine) return false;
        if (!equalsIgnoreCase(line.substr(0, 8), "SIP/2.0 ") || line[11] != ' ') return false;
        const auto status = parseNumber(line.substr(8, 3), 699);
        if (!status || *status < 100) return false;
        message_.emplace(Message::response(static_cast<int>(*status), line.substr(12)));
        return true;
    }

    // ---- header fields

    void readHeaders() {
        for (;;) {
            auto line = nextLine();
            if (!line) return fail(400, "header section is not ended by an empty line");
            if (line->empty()) return;
            auto value = *line;
            if (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) value = unfold(value);
            if (value.size() > limits_.headerLine) {
                fail(400, "header field too long");
            } else {
                readHeader(value);
            }
        }
    }

    /// Joins the lines of a folded field with single spaces (RFC 3261 §7.3.1).
    std::string_view unfold(std::string_view first) {
        unfolded_.assign(first);
        while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) {
            const auto line = nextLine();
            if (!line) break;
            unfolded_.append(1, ' ').append(trim(*line));
        }
        return unfolded_;
    }

    void readHeader(std::string_view line) {
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return fail(400, "header field without a colon");
        const auto written = trim(line.substr(0, colon));
        auto value = trim(line.substr(colon + 1));
        if (!isToken(written) || line.front() == ' ' || line.front() == '\t') {
            return fail(400, "malformed header name");
        }
        if (!isCleanText(value)) {
            cleaned_ = withoutEscapedControls(value);
            if (!isCleanText(cleaned_)) return fail(400, "control character in a header field");
            value = cleaned_;
        }
        if (++fields_ > limits_.headers) return fail(400, "too many header fields");
        const auto* known = findHeaderName(written);
        if (known == nullptr) return keepOther(written, value);
        readKnown(*known, value);
    }

    void keepOther(std::string_view written, std::string_view value) {
        std::array<char, 129> name{};
        if (written.size() >= name.size()) return fail(400, "header name too long");
        std::memcpy(name.data(), written.data(), written.size());
        message_->append(name.data(), value);
    }

    void readKnown(const HeaderName& known, std::string_view value) {
        switch (known.kind) {
            case HeaderKind::Other: return readOther(known, value);
            case HeaderKind::Claim: message_->hasClaims_ = true; return readOther(known, value);
            case HeaderKind::Credential: message_->hasCredentials_ = true; return readOther(known, value);
            case HeaderKind::Single: return readSingle(known, value);
            case HeaderKind::List:
            case HeaderKind::Via:
            case HeaderKind::Address: return readList(known, value);
            case HeaderKind::Contact: return readContact(value);
            case HeaderKind::From: return readAddress(known.name, value, message_->from_, sawFrom_);
            case HeaderKind::To: return readAddress(known.name, value, message_->to_, sawTo_);
            case HeaderKind::CallId: return readCallId(value);
            case HeaderKind::CSeq: return readCSeq(value);
            case HeaderKind::MaxForwards: return readMaxForwards(value);
            case HeaderKind::ContentLength: return readContentLength(value);
        }
    }

    void readOther(const HeaderName& known, std::string_view value) { message_->append(known.name, value); }

    void readSingle(const HeaderName& known, std::string_view value) {
        if (message_->header(known.name)) return fail(400, "a header field that may stand once stands twice");
        const std::string_view name{known.name};
        if (name == "Content-Encoding" && !isPlainEncoding(value)) return fail(415, "a body that is encoded");
        if (name != "Content-Type") {
            message_->append(known.name, value);
        } else if (const auto type = contentType(value)) {
            message_->append(known.name, *type);
        } else {
            fail(400, malformed(name));
        }
    }

    void readList(const HeaderName& known, std::string_view value) {
        std::size_t number = 0;
        while (const auto element = nextListValue(value)) {
            if (++number > 1 && ++fields_ > limits_.headers) return fail(400, "too many header fields");
            if (known.kind == HeaderKind::Via) {
                if (!readVia(*element)) return;
            } else if (known.kind == HeaderKind::List ? !isToken(*element) : !isRoute(*element)) {
                return fail(400, malformed(known.name));
            } else {
                message_->append(known.name, *element);
            }
        }
    }

    [[nodiscard]] bool isRoute(std::string_view value) noexcept {
        return isAddress(value) && ++routes_ <= limits_.routes;
    }

    bool readVia(std::string_view value) {
        if (++vias_ > limits_.vias) {
            fail(400, "too many Via");
            return false;
        }
        const auto via = parseVia(value);
        if (!via) fail(400, malformed("Via"));
        const auto kept = message_->append("Via", value);  // a malformed one too: it is the answer's way back
        if (vias_ == 1 && via) message_->topVia_ = *parseVia(kept);
        return via.has_value();
    }

    void readContact(std::string_view value) {
        while (const auto element = nextListValue(value)) {
            if (++contacts_ > limits_.contacts) return fail(400, "too many contacts");
            if (*element != "*" && !isContact(*element)) return fail(400, malformed("Contact"));
            message_->append("Contact", *element);
        }
    }

    // A contact becomes the Request-URI of what is sent to it: what is too long there is too long here.
    [[nodiscard]] bool isContact(std::string_view value) const noexcept {
        return isAddress(value) && parseNameAddr(value)->uri.user.size() <= limits_.user;
    }

    [[nodiscard]] bool isAddress(std::string_view value) const noexcept {
        const auto address = parseNameAddr(value);
        return address && address->uri.text.size() <= limits_.uri;
    }

    void readAddress(const char* name, std::string_view value, NameAddr& cached, bool& seen) {
        if (seen) return fail(400, "From or To stands twice");
        seen = true;
        if (!isAddress(value)) return keepForAnswer(name, value);
        cached = *parseNameAddr(message_->append(name, value));
    }

    void readCallId(std::string_view value) {
        if (sawCallId_) return fail(400, "Call-ID stands twice");
        sawCallId_ = true;
        const bool word =
            std::all_of(value.begin(), value.end(), [](char c) { return isIn(c, kWordChar) || c == '@'; });
        if (value.empty() || value.size() > limits_.callId || !word) return keepForAnswer("Call-ID", value);
        message_->callId_ = message_->append("Call-ID", value);
    }

    void readCSeq(std::string_view value) {
        if (sawCSeq_) return fail(400, "CSeq stands twice");
        sawCSeq_ = true;
        if (!parseCSeq(value)) return keepForAnswer("CSeq", value);
        message_->cseq_ = *parseCSeq(message_->append("CSeq", value));
        if (!isRequest_) message_->method_ = methodFromName(message_->cseq_.method);
    }

    void readMaxForwards(std::string_view value) {
        if (message_->header("Max-Forwards")) return fail(400, "Max-Forwards stands twice");
        if (!parseNumber(value, 255)) return fail(400, malformed("Max-Forwards"));
        message_->append("Max-Forwards", value);
    }

    void readContentLength(std::string_view value) {
        const auto length = parseNumber(value, UINT32_MAX);
        if (!length) return fail(400, malformed("Content-Length"));
        if (contentLength_ && *contentLength_ != *length) return fail(400, "two different Content-Length");
        contentLength_ = static_cast<std::size_t>(*length);
    }

    /// A malformed field that the answer gives back as it came: the peer knows its request by it.
    void keepForAnswer(const char* name, std::string_view value) {
        fail(400, malformed(name));
        message_->append(name, value);
    }

    [[nodiscard]] static std::string malformed(std::string_view name) { return "malformed " + std::string{name}; }

    // ---- the whole

    void checkWhole() {
        if (vias_ == 0) return fail(400, "no Via");
        if (!sawFrom_) return fail(400, "no From");
        if (!sawTo_) return fail(400, "no To");
        if (!sawCallId_) return fail(400, "no Call-ID");
        if (!sawCSeq_) return fail(400, "no CSeq");
        if (isRequest_ && message_->cseq_.method != methodName_) return fail(400, "CSeq is of another method");
        if (message_->topVia_.branch() == "z9hG4bK") return fail(400, "branch is only the magic cookie");
    }

    void readBody() {
        const bool stream = source_ == Source::Stream;
        if (!contentLength_ && stream) return fail(400, "no Content-Length on a stream");
        const auto length = contentLength_.value_or(rest_.size());
        const bool whole = length <= rest_.size();
        if (length > limits_.body && (whole || stream)) return fail(413, "body too large");
        if (!whole) return fail(400, "body shorter than Content-Length");
        if (length > 0) message_->body_ = std::make_shared<const std::string>(rest_.substr(0, length));
    }

    Refusal refusal() {
        const bool answerable = isRequest_ && methodName_ != "ACK" && vias_ > 0;
        if (!answerable) return Refusal{0, reason_, std::nullopt};
        const auto tag = statelessTag(message_->callId_, message_->topVia_.branch());
        const bool toIsRead = !message_->to_.uri.text.empty();  // only such a To can be given a tag
        auto answer = Message::answer(*message_, status_, toIsRead ? tag : std::string{}, reasonPhrase(status_));
        if (status_ == 415) answer.add("Accept-Encoding", "identity");
        return Refusal{status_, reason_, std::move(answer)};
    }

    const Limits& limits_;
    std::string_view rest_;
    Source source_;
    std::optional<Message> message_;
    std::string_view methodName_;
    std::string unfolded_;
    std::string cleaned_;
    std::string reason_;
    int status_ = 0;
    std::size_t fields_ = 0;
    std::size_t vias_ = 0;
    std::size_t routes_ = 0;
    std::size_t contacts_ = 0;
    std::optional<std::size_t> contentLength_;
    bool isRequest_ = true;
    bool sawFrom_ = false;
    bool sawTo_ = false;
    bool sawCallId_ = false;
    bool sawCSeq_ = false;
};

std::variant<Message, Refusal> Reader::read(std::string_view bytes, Source source) const {
    return Session{limits_, bytes, source}.run();
}

}  // namespace beffroi::sip
