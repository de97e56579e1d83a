// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The grammar of RFC 3261 §25 that stands in front of the network: parsers that return views into the text they were
// given, allocate nothing and accept nothing that is malformed. Beyond the RFC they take what desk phones send and no
// reader can misunderstand: a raw '#' in a user part, UTF-8 or Latin-1 bytes in an unquoted display name.
// Thread: any. A view lives as long as the text it was made from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace beffroi::sip {

/// A token of RFC 3261 §25.1; never empty.
[[nodiscard]] bool isToken(std::string_view text) noexcept;
[[nodiscard]] bool equalsIgnoreCase(std::string_view a, std::string_view b) noexcept;
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;  // SP, HTAB (folding is undone before)

/// Digits only; nothing if it is empty, has another character or exceeds `maximum`.
[[nodiscard]] std::optional<std::uint64_t> parseNumber(std::string_view digits, std::uint64_t maximum) noexcept;

/// %XX undone once. A NUL that was escaped stays in the result.
[[nodiscard]] std::string unescape(std::string_view text);

/// Parameters as they stand: empty, or ";name", ";name=value", ";name=\"quoted\"" … in order.
class Parameters {
public:
    /// Whether %XX in a name stands for a character: in a URI it does, in a header field it does not.
    enum class Escapes : std::uint8_t { Literal, Undone };

    Parameters() = default;
    /// `text` must have been checked by whoever makes it.
    explicit Parameters(std::string_view text, Escapes escapes = Escapes::Literal) noexcept
        : text_{text}, escapes_{escapes} {}
    /// Checks the whole text: generic-param of RFC 3261 §25.1, white space around ; and = allowed.
    [[nodiscard]] static std::optional<Parameters> parse(std::string_view text) noexcept;

    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    /// The value of the first parameter with this name (case-insensitive), quotes included; empty for a bare name.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
    [[nodiscard]] bool has(std::string_view name) const noexcept { return find(name).has_value(); }

    struct Pair {
        std::string_view name;
        std::optional<std::string_view> value;
    };
    /// Takes the next parameter off `rest`, which starts as text(); nothing at the end.
    [[nodiscard]] static std::optional<Pair> next(std::string_view& rest) noexcept;

private:
    std::string_view text_;
    Escapes escapes_ = Escapes::Literal;
};

/// A SIP, SIPS or tel URI (RFC 3261 §19.1, RFC 3966), or any other absolute URI, in parts. Escapes are not undone.
struct UriView {
    enum class Scheme : std::uint8_t { Sip, Sips, Tel, Other };
    Scheme scheme = Scheme::Other;
    std::string_view text;  // all of it
    std::string_view user;  // for tel: the number
    std::string_view password;
    std::string_view host;   // IPv6 without brackets
    std::uint16_t port = 0;  // 0: none given
    Parameters params;
    std::string_view headers;  // behind '?', without it

    [[nodiscard]] bool isSip() const noexcept { return scheme == Scheme::Sip || scheme == Scheme::Sips; }
    [[nodiscard]] bool looseRouter() const noexcept { return params.has("lr"); }
    [[nodiscard]] std::string userUnescaped() const { return unescape(user); }
};

/// Strict: no white space, no brackets around it, host and port checked. Other schemes are only checked for characters.
[[nodiscard]] std::optional<UriView> parseUri(std::string_view text) noexcept;

/// Equivalence of RFC 3261 §19.1.4: escapes compared by what they stand for, case of host and parameters ignored,
/// user, ttl, method, maddr and transport must stand in both or neither, other parameters only must not contradict.
/// IPv6 addresses are compared as RFC 5954 §4.2 says, tel URIs as RFC 3966 §4 does, and any others as text.
[[nodiscard]] bool equivalent(const UriView& a, const UriView& b);

/// What somebody dialled: of a tel URI and of a SIP URI with user=phone the number without its visual separators and
/// parameters (RFC 3966 §3, RFC 3261 §19.1.6), of others the user part. Escapes are undone, once.
struct DialledNumber {
    std::string number;
    std::string context;  // phone-context, as it stands: a domain or +digits; empty if there is none
};
[[nodiscard]] DialledNumber dialledNumber(const UriView& uri);

/// name-addr or addr-spec with header parameters: From, To, Contact, Route, Record-Route, Path, Refer-To …
struct NameAddr {
    std::string_view displayName;  // as written, quotes included
    UriView uri;
    Parameters params;  // those behind '>' (or behind a bare addr-spec): never the URI's own
    [[nodiscard]] std::string_view tag() const noexcept { return params.find("tag").value_or(std::string_view{}); }
};
[[nodiscard]] std::optional<NameAddr> parseNameAddr(std::string_view value) noexcept;
/// The display name without quotes and backslashes.
[[nodiscard]] std::string displayNameText(std::string_view displayName);

/// One Via value (RFC 3261 §20.42, RFC 3581).
struct ViaView {
    std::string_view protocol;   // "SIP/2.0"; white space around the slashes is gone only if there was none
    std::string_view transport;  // "UDP"
    std::string_view host;       // sent-by, IPv6 without brackets
    std::uint16_t port = 0;      // 0: none given
    Parameters params;
    [[nodiscard]] std::string_view branch() const noexcept {
        return params.find("branch").value_or(std::string_view{});
    }
};
[[nodiscard]] std::optional<ViaView> parseVia(std::string_view value) noexcept;

struct CSeqView {
    std::uint32_t number = 0;  // below 2^31 (RFC 3261 §8.1.1.5)
    std::string_view method;
};
[[nodiscard]] std::optional<CSeqView> parseCSeq(std::string_view value) noexcept;

/// Takes the next value off a comma-separated list, commas in quotes and in <> left alone; nothing at the end. An
/// empty element (",,") is returned as an empty view for the caller to refuse.
[[nodiscard]] std::optional<std::string_view> nextListValue(std::string_view& rest) noexcept;

}  // namespace beffroi::sip
