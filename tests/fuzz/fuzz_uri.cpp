// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Two lines as two URIs and as values of header fields: what is read is part of the text and reads back, and comparing
// (RFC 3261 §19.1.4) is reflexive, symmetric, blind to the case of a host and to escapes that mean nothing, and never
// finds two users, hosts or ports to be one.

#include "base/assert.hpp"
#include "beffroi/socket_address.hpp"
#include "sip/grammar.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace {

using namespace beffroi::sip;

bool isPart(std::string_view part, std::string_view whole) {
    const std::less_equal<const char*> notAfter;
    return part.empty() ||
           (notAfter(whole.data(), part.data()) && notAfter(part.data() + part.size(), whole.data() + whole.size()));
}

void checkParameters(const Parameters& parameters) {
    auto rest = parameters.text();
    while (const auto pair = Parameters::next(rest)) {
        BEFFROI_ASSERT(!pair->name.empty() && isPart(pair->name, parameters.text()) && parameters.has(pair->name));
        if (pair->value) BEFFROI_ASSERT(isPart(*pair->value, parameters.text()));
    }
    BEFFROI_ASSERT(trim(rest).empty());
}

bool hasParameterTwice(const UriView& uri) {
    auto rest = uri.params.text();
    while (const auto pair = Parameters::next(rest)) {
        if (Parameters{rest, Parameters::Escapes::Undone}.has(pair->name)) return true;
    }
    return false;
}

// Names whatever their case; two spellings of an IPv6 address are one host.
bool isSameHost(const UriView& a, const UriView& b) {
    if (equalsIgnoreCase(a.host, b.host)) return true;
    const auto first = beffroi::SocketAddress::parse(a.host, 0);
    const auto second = beffroi::SocketAddress::parse(b.host, 0);
    return first && second && first->sameHost(*second);
}

void checkSame(const UriView& uri, const std::string& other) {
    const auto second = parseUri(other);
    BEFFROI_ASSERT(second && equivalent(uri, *second) && equivalent(*second, uri));
}

std::string replaced(const UriView& uri, std::string_view part, const std::string& by) {
    const auto before = static_cast<std::size_t>(part.data() - uri.text.data());
    return std::string{uri.text.substr(0, before)} + by + std::string{uri.text.substr(before + part.size())};
}

// The same URI written otherwise: the host in capitals, letters and digits of the user escaped.
void checkOtherSpellings(const UriView& uri) {
    std::string host{uri.host};
    std::transform(host.begin(), host.end(), host.begin(), [](unsigned char c) { return std::toupper(c); });
    checkSame(uri, replaced(uri, uri.host, host));
    if (uri.user.empty()) return;
    std::string user;
    for (std::size_t i = 0; i < uri.user.size(); ++i) {
        const auto c = static_cast<unsigned char>(uri.user[i]);
        if (c == '%') {
            user.append(uri.user.substr(i, 3));
            i += 2;
        } else if (std::isalnum(c) != 0) {
            user.append(1, '%').append(1, "0123456789abcdef"[c >> 4U]).append(1, "0123456789ABCDEF"[c & 15U]);
        } else {
            user.push_back(uri.user[i]);
        }
    }
    checkSame(uri, replaced(uri, uri.user, user));
}

void checkUri(const UriView& uri, std::string_view text) {
    BEFFROI_ASSERT(uri.text == text);
    for (const auto part : {uri.user, uri.password, uri.host, uri.params.text(), uri.headers}) {
        BEFFROI_ASSERT(isPart(part, text));
    }
    BEFFROI_ASSERT(std::none_of(text.begin(), text.end(), [](char c) {
        return c == '<' || c == '>' || c == '"' || static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
    }));
    if (uri.scheme != UriView::Scheme::Other) checkParameters(uri.params);
    const auto bracketed = '<' + std::string{text} + '>';
    const auto address = parseNameAddr(bracketed);
    BEFFROI_ASSERT(address && address->uri.text == text && address->params.text().empty());
    BEFFROI_ASSERT(equivalent(uri, uri));
    // One that has a parameter twice may not be sent (RFC 3261 §19.1.1): written otherwise it may be another.
    if (uri.isSip() && !hasParameterTwice(uri)) checkOtherSpellings(uri);
}

void checkPair(const UriView& a, const UriView& b) {
    const bool same = equivalent(a, b);
    BEFFROI_ASSERT(same == equivalent(b, a));
    if (!same) return;
    BEFFROI_ASSERT(a.scheme == b.scheme && a.port == b.port);
    if (!a.isSip()) return;
    BEFFROI_ASSERT(isSameHost(a, b) && a.userUnescaped() == b.userUnescaped());
    BEFFROI_ASSERT(unescape(a.password) == unescape(b.password));
    for (const char* const name : {"transport", "user", "method", "maddr", "ttl"}) {
        BEFFROI_ASSERT(a.params.has(name) == b.params.has(name));
    }
}

void checkValues(std::string_view line) {
    std::size_t values = 0;
    auto rest = line;
    while (const auto value = nextListValue(rest)) {
        BEFFROI_ASSERT(isPart(*value, line) && ++values <= line.size() + 1);
        if (const auto address = parseNameAddr(*value)) {
            BEFFROI_ASSERT(isPart(address->displayName, line) && isPart(address->uri.text, line));
            BEFFROI_ASSERT(displayNameText(address->displayName).size() <= address->displayName.size());
            checkParameters(address->params);
        }
        if (const auto via = parseVia(*value)) {
            BEFFROI_ASSERT(isToken(via->transport) && !via->host.empty() && isPart(via->host, line));
            checkParameters(via->params);
        }
    }
    if (const auto cseq = parseCSeq(line)) BEFFROI_ASSERT(cseq->number < 0x80000000U && isToken(cseq->method));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    const auto end = std::min(bytes.find('\n'), bytes.size());
    const auto first = bytes.substr(0, end);
    const auto second = end == bytes.size() ? std::string_view{} : bytes.substr(end + 1);
    const auto a = parseUri(first);
    const auto b = parseUri(second);
    if (a) checkUri(*a, first);
    if (b) checkUri(*b, second);
    if (a && b) checkPair(*a, *b);
    checkValues(first);
    checkValues(second);
    return 0;
}
