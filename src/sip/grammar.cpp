// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Recursive descent without recursion: each parser eats its part from the front of a view.

#include "sip/grammar.hpp"

#include "beffroi/socket_address.hpp"
#include "sip/character_classes.hpp"

#include <algorithm>
#include <vector>

namespace beffroi::sip {
namespace {

constexpr std::uint64_t kPortLimit = 65535;
constexpr std::uint64_t kCSeqLimit = (std::uint64_t{1} << 31U) - 1;

bool isSpace(char c) noexcept { return c == ' ' || c == '\t'; }

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

int hexValue(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void skipSpace(std::string_view& text) noexcept {
    while (!text.empty() && isSpace(text.front())) text.remove_prefix(1);
}

std::string_view take(std::string_view& text, std::size_t count) noexcept {
    const auto part = text.substr(0, count);
    text.remove_prefix(count);
    return part;
}

std::string_view takeToken(std::string_view& text) noexcept {
    std::size_t length = 0;
    while (length < text.size() && isIn(text[length], kTokenChar)) ++length;
    return take(text, length);
}

// A quoted string with its quotes; empty if `text` does not start with a whole one.
std::string_view takeQuoted(std::string_view& text) noexcept {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            return take(text, i + 1);
        }
    }
    return {};
}

// All characters of the class, or whole escapes.
bool isMadeOf(std::string_view text, int classes) noexcept {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (isIn(text[i], classes)) continue;
        if (text[i] != '%' || i + 2 >= text.size() || !isIn(text[i + 1], kHex) || !isIn(text[i + 2], kHex)) {
            return false;
        }
        i += 2;
    }
    return true;
}

bool isHostName(std::string_view host) noexcept {
    if (host.empty() || host.size() > 255 || host.front() == '.' || host.front() == '-') return false;
    for (std::size_t i = 0; i < host.size(); ++i) {
        if (!isIn(host[i], kHostChar)) return false;
        if (host[i] == '.' && i + 1 < host.size() && host[i + 1] == '.') return false;
    }
    return true;
}

// Loose on purpose about the number of groups (RFC 5118 §4.10): whoever connects to it parses it for real.
bool isIpv6(std::string_view host) noexcept {
    if (host.size() < 2 || host.size() > 64) return false;
    return std::all_of(host.begin(), host.end(), [](char c) { return isIn(c, kHex) || c == ':' || c == '.'; }) &&
           std::count(host.begin(), host.end(), ':') >= 2;
}

struct HostPort {
    std::string_view host;
    std::uint16_t port = 0;
};

std::optional<std::uint16_t> takePort(std::string_view& text) noexcept {
    std::size_t length = 0;
    while (length < text.size() && isIn(text[length], kDigit)) ++length;
    const auto port = parseNumber(take(text, length), kPortLimit);
    if (!port || *port == 0) return std::nullopt;
    return static_cast<std::uint16_t>(*port);
}

// host [":" port], with white space around the colon if `spaced` (Via only).
std::optional<HostPort> takeHostPort(std::string_view& text, bool spaced) noexcept {
    HostPort result;
    if (!text.empty() && text.front() == '[') {
        const auto end = text.find(']');
        if (end == std::string_view::npos || !isIpv6(text.substr(1, end - 1))) return std::nullopt;
        result.host = take(text, end + 1).substr(1, end - 1);
    } else {
        std::size_t length = 0;
        while (length < text.size() && isIn(text[length], kHostChar)) ++length;
        if (!isHostName(text.substr(0, length))) return std::nullopt;
        result.host = take(text, length);
    }
    auto rest = text;
    if (spaced) skipSpace(rest);
    if (rest.empty() || rest.front() != ':') return result;
    rest.remove_prefix(1);
    if (spaced) skipSpace(rest);
    const auto port = takePort(rest);
    if (!port) return std::nullopt;
    result.port = *port;
    text = rest;
    return result;
}

bool takeParamName(std::string_view& text) noexcept {
    std::size_t length = 0;
    while (length < text.size() && (isIn(text[length], kParamChar) || text[length] == '%')) ++length;
    return isMadeOf(take(text, length), kParamChar) && length > 0;
}

// ";name=value;name" of a URI: no white space, no quotes.
std::optional<std::string_view> takeUriParams(std::string_view& text) noexcept {
    const auto whole = text;
    while (!text.empty() && text.front() == ';') {
        text.remove_prefix(1);
        if (!takeParamName(text)) return std::nullopt;
        if (text.empty() || text.front() != '=') continue;
        text.remove_prefix(1);
        if (!takeParamName(text)) return std::nullopt;
    }
    return whole.substr(0, whole.size() - text.size());
}

bool areUriHeaders(std::string_view text) noexcept {
    while (!text.empty()) {
        const auto end = text.find('&');
        const auto pair = text.substr(0, end);
        const auto equals = pair.find('=');
        if (equals == 0 || equals == std::string_view::npos) return false;
        if (!isMadeOf(pair.substr(0, equals), kHeaderChar) || !isMadeOf(pair.substr(equals + 1), kHeaderChar)) {
            return false;
        }
        if (end == std::string_view::npos) return true;
        text.remove_prefix(end + 1);
    }
    return false;
}

std::optional<UriView> parseSip(UriView uri, std::string_view rest) noexcept {
    if (const auto at = rest.find('@'); at != std::string_view::npos) {
        auto userInfo = rest.substr(0, at);
        if (const auto colon = userInfo.find(':'); colon != std::string_view::npos) {
            uri.password = userInfo.substr(colon + 1);
            userInfo = userInfo.substr(0, colon);
            if (!isMadeOf(uri.password, kPasswordChar)) return std::nullopt;
        }
        if (userInfo.empty() || !isMadeOf(userInfo, kUserChar)) return std::nullopt;
        uri.user = userInfo;
        rest.remove_prefix(at + 1);
    }
    const auto hostPort = takeHostPort(rest, false);
    if (!hostPort) return std::nullopt;
    uri.host = hostPort->host;
    uri.port = hostPort->port;
    const auto params = takeUriParams(rest);
    if (!params) return std::nullopt;
    uri.params = Parameters{*params, Parameters::Escapes::Undone};
    if (!rest.empty()) {
        if (rest.front() != '?' || !areUriHeaders(rest.substr(1))) return std::nullopt;
        uri.headers = rest.substr(1);
    }
    return uri;
}

bool isVisualSeparator(char c) noexcept { return c == '-' || c == '.' || c == '(' || c == ')'; }

// One key of a telephone number, which may be written as an escape; 0 if there is none.
std::size_t keyLength(std::string_view text, bool global) noexcept {
    if (isIn(text.front(), kDigit)) return 1;
    if (global) return 0;
    if (isIn(text.front(), kHex) || text.front() == '*' || text.front() == '#') return 1;
    const auto escape = text.substr(0, 3);
    return escape == "%23" || equalsIgnoreCase(escape, "%2a") ? 3 : 0;
}

// RFC 3966 §3: a global number is + and digits, a local one digits, letters A to F, * and #; both with separators. That
// a local one has a phone-context is not asked: telephones leave it out and mean the town.
std::optional<UriView> parseTel(UriView uri, std::string_view rest) noexcept {
    const bool global = !rest.empty() && rest.front() == '+';
    std::size_t length = global ? 1 : 0;
    bool hasKey = false;
    while (length < rest.size()) {
        const auto key = keyLength(rest.substr(length), global);
        if (key == 0 && !isVisualSeparator(rest[length])) break;
        hasKey = hasKey || key > 0;
        length += std::max<std::size_t>(key, 1);
    }
    if (!hasKey) return std::nullopt;
    uri.user = take(rest, length);
    const auto params = takeUriParams(rest);
    if (!params || !rest.empty()) return std::nullopt;
    uri.params = Parameters{*params, Parameters::Escapes::Undone};
    return uri;
}

// The next character of a URI part; an escaped one is told apart from itself only if it is reserved (RFC 2396 §2.2).
int nextCharacter(std::string_view& text) noexcept {
    const auto first = text.front();
    if (first != '%' || text.size() < 3) return static_cast<unsigned char>(take(text, 1).front());
    const int octet = hexValue(text[1]) * 16 + hexValue(text[2]);
    text.remove_prefix(3);
    const bool reserved = std::string_view{";/?:@&=+$,"}.find(static_cast<char>(octet)) != std::string_view::npos;
    return reserved ? octet + 0x100 : octet;
}

int lowerOctet(int octet) noexcept { return octet < 0x80 ? lower(static_cast<char>(octet)) : octet; }

bool sameUnescaped(std::string_view a, std::string_view b) noexcept {
    while (!a.empty() && !b.empty()) {
        if (nextCharacter(a) != nextCharacter(b)) return false;
    }
    return a.empty() && b.empty();
}

bool sameUnescapedIgnoreCase(std::string_view a, std::string_view b) noexcept {
    while (!a.empty() && !b.empty()) {
        if (lowerOctet(nextCharacter(a)) != lowerOctet(nextCharacter(b))) return false;
    }
    return a.empty() && b.empty();
}

// Parameters that never match an absence (RFC 3261 §19.1.4).
bool mustStandInBoth(std::string_view name) noexcept {
    constexpr std::string_view kStrict[] = {"transport", "ttl", "method", "maddr", "user"};
    return std::any_of(std::begin(kStrict), std::end(kStrict),
                       [name](std::string_view strict) { return sameUnescapedIgnoreCase(name, strict); });
}

bool paramsAgree(const Parameters& a, const Parameters& b) {
    auto rest = a.text();
    while (const auto pair = Parameters::next(rest)) {
        const auto other = b.find(pair->name);
        if (!other) {
            if (mustStandInBoth(pair->name)) return false;
            continue;
        }
        if (!sameUnescapedIgnoreCase(pair->value.value_or(std::string_view{}), *other)) return false;
    }
    return true;
}

// RFC 3966 §4: visual separators and case tell nothing.
bool sameNumber(std::string_view a, std::string_view b) noexcept {
    const auto nextKey = [](std::string_view& text) {
        while (!text.empty() && isVisualSeparator(text.front())) text.remove_prefix(1);
        return text.empty() ? 0 : lowerOctet(nextCharacter(text));
    };
    for (;;) {
        const int key = nextKey(a);
        if (key != nextKey(b)) return false;
        if (key == 0) return true;
    }
}

// Every parameter of `a` stands in `b`, with the same value: number in a number, other text as such.
bool hasTelParams(const Parameters& a, const Parameters& b) noexcept {
    auto rest = a.text();
    while (const auto pair = Parameters::next(rest)) {
        const auto other = b.find(pair->name);
        const auto value = pair->value.value_or(std::string_view{});
        if (!other) return false;
        const bool isNumber = equalsIgnoreCase(pair->name, "ext") ||
                              (equalsIgnoreCase(pair->name, "phone-context") && value.starts_with('+'));
        if (isNumber ? !sameNumber(value, *other) : !sameUnescapedIgnoreCase(value, *other)) return false;
    }
    return true;
}

bool equivalentTel(const UriView& a, const UriView& b) noexcept {
    return sameNumber(a.user, b.user) && hasTelParams(a.params, b.params) && hasTelParams(b.params, a.params);
}

// Names whatever their case, IPv6 addresses by what they stand for (RFC 5954 §4.2).
bool sameHost(std::string_view a, std::string_view b) noexcept {
    if (equalsIgnoreCase(a, b)) return true;
    if (a.find(':') == std::string_view::npos || b.find(':') == std::string_view::npos) return false;
    const auto first = SocketAddress::parse(a, 0);
    const auto second = SocketAddress::parse(b, 0);
    return first && second && first->sameHost(*second);
}

// URI headers may stand in any order: compared as sets of name=value.
bool headersAgree(std::string_view a, std::string_view b) {
    const auto split = [](std::string_view text) {
        std::vector<std::string> pairs;
        while (!text.empty()) {
            const auto end = text.find('&');
            auto pair = unescape(text.substr(0, end));
            const auto equals = std::min(pair.find('='), pair.size());
            std::transform(pair.begin(), pair.begin() + static_cast<std::ptrdiff_t>(equals), pair.begin(), lower);
            pairs.push_back(std::move(pair));
            text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        }
        std::sort(pairs.begin(), pairs.end());
        return pairs;
    };
    return split(a) == split(b);
}

bool isDisplayName(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return isIn(c, kDisplayChar); });
}

std::optional<NameAddr> parseBracketed(NameAddr address, std::string_view rest) noexcept {
    rest.remove_prefix(1);
    const auto end = rest.find('>');
    if (end == std::string_view::npos) return std::nullopt;
    const auto uri = parseUri(rest.substr(0, end));
    const auto params = Parameters::parse(rest.substr(end + 1));
    if (!uri || !params) return std::nullopt;
    address.uri = *uri;
    address.params = *params;
    return address;
}

// addr-spec without brackets: what follows ';' belongs to the header, and a '?' or ',' would need brackets (§20.10).
std::optional<NameAddr> parseBare(std::string_view value) noexcept {
    const auto end = std::min(value.find_first_of("; \t"), value.size());
    const auto text = value.substr(0, end);
    if (text.find_first_of("?,") != std::string_view::npos) return std::nullopt;
    const auto uri = parseUri(text);
    const auto params = Parameters::parse(value.substr(end));
    if (!uri || !params) return std::nullopt;
    return NameAddr{{}, *uri, *params};
}

}  // namespace

bool isToken(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return isIn(c, kTokenChar); });
}

bool equalsIgnoreCase(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

std::string_view trim(std::string_view text) noexcept {
    skipSpace(text);
    while (!text.empty() && isSpace(text.back())) text.remove_suffix(1);
    return text;
}

std::optional<std::uint64_t> parseNumber(std::string_view digits, std::uint64_t maximum) noexcept {
    if (digits.empty()) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : digits) {
        if (!isIn(c, kDigit)) return std::nullopt;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        value = value * 10 + digit;
        if (value > maximum) return std::nullopt;
    }
    return value;
}

std::string unescape(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hexValue(text[i + 1]) >= 0 && hexValue(text[i + 2]) >= 0) {
            result.push_back(static_cast<char>(hexValue(text[i + 1]) * 16 + hexValue(text[i + 2])));
            i += 2;
        } else {
            result.push_back(text[i]);
        }
    }
    return result;
}

std::optional<Parameters::Pair> Parameters::next(std::string_view& rest) noexcept {
    skipSpace(rest);
    if (rest.empty() || rest.front() != ';') return std::nullopt;
    rest.remove_prefix(1);
    skipSpace(rest);
    Pair pair;
    const auto end = std::min(rest.find_first_of("=; \t"), rest.size());
    pair.name = take(rest, end);
    auto ahead = rest;
    skipSpace(ahead);
    if (ahead.empty() || ahead.front() != '=') return pair;
    ahead.remove_prefix(1);
    skipSpace(ahead);
    if (!ahead.empty() && ahead.front() == '"') {
        pair.value = takeQuoted(ahead);
    } else {
        pair.value = take(ahead, std::min(ahead.find_first_of("; \t"), ahead.size()));
    }
    rest = ahead;
    return pair;
}

std::optional<std::string_view> Parameters::find(std::string_view name) const noexcept {
    const auto same = escapes_ == Escapes::Undone ? sameUnescapedIgnoreCase : equalsIgnoreCase;
    auto rest = text_;
    while (const auto pair = next(rest)) {
        if (same(pair->name, name)) return pair->value.value_or(std::string_view{});
    }
    return std::nullopt;
}

std::optional<Parameters> Parameters::parse(std::string_view text) noexcept {
    auto rest = trim(text);
    const Parameters result{rest};
    while (!rest.empty()) {
        if (rest.front() != ';') return std::nullopt;
        rest.remove_prefix(1);
        skipSpace(rest);
        if (takeToken(rest).empty()) return std::nullopt;
        skipSpace(rest);
        if (rest.empty() || rest.front() != '=') continue;
        rest.remove_prefix(1);
        skipSpace(rest);
        if (!rest.empty() && rest.front() == '"') {
            if (takeQuoted(rest).empty()) return std::nullopt;
        } else {
            std::size_t length = 0;  // gen-value: a token or a host, with IPv6 and its colons
            while (length < rest.size() && (isIn(rest[length], kTokenChar) || isIn(rest[length], kParamChar))) ++length;
            if (length == 0) return std::nullopt;
            rest.remove_prefix(length);
        }
        skipSpace(rest);
    }
    return result;
}

std::optional<UriView> parseUri(std::string_view text) noexcept {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || !isIn(text.front(), kAlpha)) return std::nullopt;
    const auto scheme = text.substr(0, colon);
    for (const char c : scheme) {
        if (!isIn(c, kAlpha | kDigit) && c != '+' && c != '-' && c != '.') return std::nullopt;
    }
    UriView uri;
    uri.text = text;
    const auto rest = text.substr(colon + 1);
    if (equalsIgnoreCase(scheme, "sip") || equalsIgnoreCase(scheme, "sips")) {
        uri.scheme = scheme.size() == 3 ? UriView::Scheme::Sip : UriView::Scheme::Sips;
        return parseSip(uri, rest);
    }
    if (equalsIgnoreCase(scheme, "tel")) {
        uri.scheme = UriView::Scheme::Tel;
        return parseTel(uri, rest);
    }
    if (rest.empty() || !std::all_of(rest.begin(), rest.end(), [](char c) { return isIn(c, kUriChar); })) {
        return std::nullopt;
    }
    return uri;
}

bool equivalent(const UriView& a, const UriView& b) {
    if (a.text == b.text) return true;  // also what has a parameter twice, which contradicts itself
    if (a.scheme != b.scheme) return false;
    if (a.scheme == UriView::Scheme::Tel) return equivalentTel(a, b);
    if (!a.isSip()) return false;
    return a.port == b.port && sameHost(a.host, b.host) && sameUnescaped(a.user, b.user) &&
           sameUnescaped(a.password, b.password) && paramsAgree(a.params, b.params) &&
           paramsAgree(b.params, a.params) && headersAgree(a.headers, b.headers);
}

DialledNumber dialledNumber(const UriView& uri) {
    const bool tel = uri.scheme == UriView::Scheme::Tel;
    const auto kind = uri.params.find("user");
    if (!tel && !(kind && equalsIgnoreCase(*kind, "phone"))) return {uri.userUnescaped(), {}};
    const auto end = std::min(uri.user.find(';'), uri.user.size());
    const Parameters inUser{uri.user.substr(end), Parameters::Escapes::Undone};
    DialledNumber dialled{unescape(uri.user.substr(0, end)), {}};
    std::erase_if(dialled.number, isVisualSeparator);
    if (const auto context = (tel ? uri.params : inUser).find("phone-context")) dialled.context = unescape(*context);
    return dialled;
}

std::optional<NameAddr> parseNameAddr(std::string_view value) noexcept {
    value = trim(value);
    if (value.empty()) return std::nullopt;
    NameAddr address;
    if (value.front() == '"') {
        auto rest = value;
        address.displayName = takeQuoted(rest);
        skipSpace(rest);
        if (address.displayName.empty() || rest.empty() || rest.front() != '<') return std::nullopt;
        return parseBracketed(address, rest);
    }
    const auto bracket = value.find('<');
    const auto semicolon = value.find(';');
    if (bracket == std::string_view::npos || semicolon < bracket) return parseBare(value);
    address.displayName = trim(value.substr(0, bracket));
    if (!isDisplayName(address.displayName)) return std::nullopt;
    return parseBracketed(address, value.substr(bracket));
}

std::string displayNameText(std::string_view displayName) {
    if (displayName.size() < 2 || displayName.front() != '"') return std::string{displayName};
    std::string text;
    for (std::size_t i = 1; i + 1 < displayName.size(); ++i) {
        if (displayName[i] == '\\' && i + 2 < displayName.size()) ++i;
        text.push_back(displayName[i]);
    }
    return text;
}

std::optional<ViaView> parseVia(std::string_view value) noexcept {
    auto rest = trim(value);
    const auto whole = rest;
    const auto slash = [&rest] {
        skipSpace(rest);
        if (rest.empty() || rest.front() != '/') return false;
        rest.remove_prefix(1);
        skipSpace(rest);
        return true;
    };
    ViaView via;
    if (takeToken(rest).empty() || !slash() || takeToken(rest).empty()) return std::nullopt;
    via.protocol = whole.substr(0, whole.size() - rest.size());
    if (!slash()) return std::nullopt;
    via.transport = takeToken(rest);
    if (via.transport.empty() || rest.empty() || !isSpace(rest.front())) return std::nullopt;
    skipSpace(rest);
    const auto sentBy = takeHostPort(rest, true);
    if (!sentBy) return std::nullopt;
    via.host = sentBy->host;
    via.port = sentBy->port;
    const auto params = Parameters::parse(rest);
    if (!params) return std::nullopt;
    via.params = *params;
    return via;
}

std::optional<CSeqView> parseCSeq(std::string_view value) noexcept {
    value = trim(value);
    const auto space = value.find_first_of(" \t");
    if (space == std::string_view::npos) return std::nullopt;
    const auto number = parseNumber(value.substr(0, space), kCSeqLimit);
    const auto method = trim(value.substr(space));
    if (!number || !isToken(method)) return std::nullopt;
    return CSeqView{static_cast<std::uint32_t>(*number), method};
}

std::optional<std::string_view> nextListValue(std::string_view& rest) noexcept {
    if (rest.data() == nullptr) return std::nullopt;
    bool quoted = false;
    bool bracketed = false;
    for (std::size_t i = 0; i < rest.size(); ++i) {
        const char c = rest[i];
        if (quoted) {
            if (c == '\\') ++i;
            if (c == '"') quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '<') {
            bracketed = true;
        } else if (c == '>') {
            bracketed = false;
        } else if (c == ',' && !bracketed) {
            const auto value = trim(rest.substr(0, i));
            rest.remove_prefix(i + 1);
            return value;
        }
    }
    const auto value = trim(rest);
    rest = {};
    return value;
}

}  // namespace beffroi::sip
