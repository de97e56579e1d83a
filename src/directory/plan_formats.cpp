// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/plan_formats.hpp"

#include "base/text.hpp"
#include "beffroi/address_range.hpp"
#include "config/value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace beffroi::directory {
namespace {

constexpr std::size_t kLongestText = 200;  // characters
constexpr std::size_t kLongestPrefix = 3;

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

template <typename Is>
bool allOf(std::string_view text, Is is) {
    return std::all_of(text.begin(), text.end(), is);
}

bool isHex(std::string_view text, std::size_t size) {
    return text.size() == size && allOf(text, [](char c) { return isDigit(c) || (c >= 'a' && c <= 'f'); });
}

// "sbc.example.net", "192.0.2.1:5070", "[2001:db8::1]:5070"
bool isHostAndPort(std::string_view text) {
    const bool bracketed = text.starts_with('[');
    const auto end = bracketed ? text.find(']') : text.find(':');
    if (bracketed && end == std::string_view::npos) return false;
    const auto host = bracketed ? text.substr(1, end - 1) : text.substr(0, end);
    const auto address = SocketAddress::parse(host, 0);
    if (bracketed && !(address && address->isV6())) return false;
    if (host.empty() || !allOf(host, [bracketed](char c) {
            return isDigit(c) || isLetter(c) || c == '.' || c == '-' || (bracketed && c == ':');
        }))
        return false;
    auto port = text.substr(std::min(text.size(), bracketed ? end + 1 : end));
    if (port.empty()) return true;
    if (!port.starts_with(':')) return false;
    port.remove_prefix(1);
    unsigned number = 0;
    const auto read = std::from_chars(port.data(), port.data() + port.size(), number);
    return read.ec == std::errc{} && read.ptr == port.data() + port.size() && number >= 1 && number <= 65535;
}

// ";transport=tcp;lr": none is said, or one that there is.
bool namesTransport(std::string_view parameters) {
    const auto written = base::lowerCase(parameters);
    constexpr std::string_view kKey = ";transport=";
    const auto at = written.find(kKey);
    if (at == std::string::npos) return written.find(";transport") == std::string::npos;
    const auto name = std::string_view{written}.substr(at + kKey.size());
    const auto transport = name.substr(0, name.find(';'));
    return transport == "udp" || transport == "tcp" || transport == "tls";
}

std::string expectedUnless(bool good, const char* expected) { return good ? std::string{} : std::string{expected}; }

}  // namespace

bool isDigits(std::string_view text) noexcept { return !text.empty() && allOf(text, isDigit); }

bool isInternalNumber(std::string_view text) noexcept {
    return text.size() >= 2 && text.size() <= 15 && isDigits(text);
}

bool isE164(std::string_view text) noexcept {
    return text.size() >= 7 && text.size() <= 16 && text[0] == '+' && text[1] != '0' && isDigits(text.substr(1));
}

bool isIdentifier(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 64 &&
           allOf(text, [](char c) { return isDigit(c) || isLetter(c) || c == '.' || c == '-' || c == '_'; });
}

bool isOneLine(std::string_view text) noexcept {
    std::size_t characters = 0;
    while (!text.empty()) {
        const auto length = base::printableLength(text);
        if (length == 0 || ++characters > kLongestText) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string refusesZone(std::string_view text) {
    const bool good =
        !text.empty() && isLetter(text.front()) && text.find("//") == std::string_view::npos &&
        allOf(text, [](char c) { return isLetter(c) || isDigit(c) || c == '/' || c == '_' || c == '-' || c == '+'; });
    return expectedUnless(good, "the IANA name of a time zone is expected, such as \"Europe/Paris\"");
}

std::string refusesPrefix(std::string_view text) {
    return expectedUnless(isDigits(text) && text.size() <= kLongestPrefix, "1 to 3 digits are expected");
}

std::string refusesInsee(std::string_view text) {
    const bool corsica =
        text.size() == 5 && text[0] == '2' && (text[1] == 'A' || text[1] == 'B') && isDigits(text.substr(2));
    return expectedUnless(corsica || (text.size() == 5 && isDigits(text)),
                          "the 5 characters of an INSEE code are expected");
}

std::string refusesCertificate(std::string_view text) {
    return expectedUnless(!text.empty() && text.find(' ') == std::string_view::npos,
                          "a name as it stands in the certificate is expected, without spaces");
}

std::string refusesSha256(std::string_view text) {
    return expectedUnless(isHex(text, 64), "64 hexadecimal digits in lower case are expected");
}

std::string refusesMd5(std::string_view text) {
    return expectedUnless(isHex(text, 32), "32 hexadecimal digits in lower case are expected, beside a ha1-sha256");
}

std::string refusesPinHash(std::string_view text) {
    constexpr std::string_view kBegin = "$argon2id$v=19$m=";
    const bool good = text.starts_with(kBegin) && text.size() < 128 && std::count(text.begin(), text.end(), '$') == 5 &&
                      text.find(' ') == std::string_view::npos;
    return expectedUnless(good, "what `beffroi plan export` writes is expected: $argon2id$…");
}

std::string refusesUri(std::string_view text) {
    const bool scheme = text.starts_with("sip:") || text.starts_with("sips:");
    const auto rest = text.substr(text.find(':') + 1);
    const auto host = rest.substr(0, rest.find(';'));
    const bool good = scheme && text.find_first_of(" <>\"?@") == std::string_view::npos && isHostAndPort(host) &&
                      namesTransport(rest.substr(host.size()));
    return expectedUnless(good, "a SIP URI without a user is expected, such as \"sip:sbc.example.net;transport=tcp\"");
}

std::string refusesNetwork(std::string_view text) {
    const auto network = AddressRange::parse(text);
    if (network && network->bits() == 0)
        return "every address there is may call as the operator by \"" + std::string{text} + '"';
    return expectedUnless(network.has_value(), "ADDRESS or ADDRESS/BITS is expected");
}

std::string refusesCode(std::string_view text) {
    const bool good = text.size() >= 2 && text.size() <= 10 && (text[0] == '*' || text[0] == '#') &&
                      allOf(text, [](char c) { return isDigit(c) || c == '*' || c == '#'; });
    return expectedUnless(good, "a code of digits, '*' and '#' is expected that begins with '*' or '#'");
}

std::string withoutSeparators(std::string_view text) {
    constexpr std::string_view kSpaces[] = {" ", ".", "-", "/", "(", ")", "\u00a0", "\u202f"};
    std::string left;
    while (!text.empty()) {
        const auto* space = std::find_if(std::begin(kSpaces), std::end(kSpaces),
                                         [text](std::string_view each) { return text.starts_with(each); });
        if (space == std::end(kSpaces)) left += text.front();
        text.remove_prefix(space == std::end(kSpaces) ? 1 : space->size());
    }
    return left;
}

std::string durationText(std::int64_t seconds) {
    constexpr std::array<std::pair<std::int64_t, const char*>, 3> kUnits{{{86400, "d"}, {3600, "h"}, {60, "min"}}};
    for (const auto& [size, name] : kUnits) {
        if (seconds != 0 && seconds % size == 0) return std::to_string(seconds / size) + name;
    }
    return std::to_string(seconds) + 's';
}

std::optional<std::int64_t> secondsFrom(std::string_view text) {
    const auto time = config::parseDuration(text);
    if (!time || time->count() % 1000 != 0) return std::nullopt;
    return time->count() / 1000;
}

}  // namespace beffroi::directory
