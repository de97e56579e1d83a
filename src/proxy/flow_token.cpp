// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Layout: version, which tells as well whether the caller is hidden, caller, callee, caller's tag, both URIs, MAC. A
// flow: transport, listener, address family, address, port, and the connection number if it is not UDP. The MAC is
// SipHash-2-4, by libsodium, over all before it and the Call-ID, which is not in the token. What else is hashed with
// the key starts with a letter of SIP's, never with the version.

#include "proxy/flow_token.hpp"

#include <sodium.h>
#include <sys/socket.h>

#include <netinet/in.h>

#include <cstring>
#include <vector>

namespace beffroi::proxy {
namespace {

constexpr unsigned char kVersion = 2;
constexpr unsigned char kVersionHidden = 3;
constexpr std::size_t kMacSize = 8;
static_assert(kMacSize == crypto_shorthash_BYTES);
constexpr auto kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::size_t kLongest = 128;
static_assert(std::tuple_size_v<FlowTokens::Key> == crypto_shorthash_KEYBYTES);

class Writer {
public:
    void number(std::uint64_t value, int octets) {
        for (int shift = (octets - 1) * 8; shift >= 0; shift -= 8) {
            bytes_.push_back(static_cast<unsigned char>(value >> static_cast<unsigned>(shift)));
        }
    }
    void block(const void* data, std::size_t size) {
        const auto* from = static_cast<const unsigned char*>(data);
        bytes_.insert(bytes_.end(), from, from + size);
    }
    [[nodiscard]] const std::vector<unsigned char>& bytes() const noexcept { return bytes_; }

private:
    std::vector<unsigned char> bytes_;
};

class Cursor {
public:
    Cursor(const unsigned char* data, std::size_t size) : at_{data}, left_{size} {}
    std::uint64_t number(std::size_t octets) {
        std::uint64_t value = 0;
        if (!take(octets)) return 0;
        for (std::size_t i = 0; i < octets; ++i) value = value << 8U | at_[i];
        advance(octets);
        return value;
    }
    bool block(void* to, std::size_t size) {
        if (!take(size)) return false;
        std::memcpy(to, at_, size);
        advance(size);
        return true;
    }
    [[nodiscard]] bool complete() const noexcept { return good_ && left_ == 0; }

private:
    bool take(std::size_t size) {
        good_ = good_ && size <= left_;
        return good_;
    }
    void advance(std::size_t size) {
        at_ += size;
        left_ -= size;
    }
    const unsigned char* at_;
    std::size_t left_;
    bool good_ = true;
};

void writeFlow(Writer& out, const Flow& flow) {
    sockaddr_storage storage{};
    flow.remote.toSockaddr(storage);
    out.number(static_cast<std::uint64_t>(flow.transport), 1);
    out.number(flow.listener, 1);
    out.number(flow.remote.isV6() ? 6 : 4, 1);
    if (flow.remote.isV6()) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
        out.block(&v6.sin6_addr, sizeof v6.sin6_addr);
        out.number(v6.sin6_scope_id, 4);
    } else {
        out.block(&reinterpret_cast<const sockaddr_in&>(storage).sin_addr, sizeof(in_addr));
    }
    out.number(flow.remote.port(), 2);
    if (flow.transport != Transport::Udp) out.number(flow.connection, 8);
}

Flow readFlow(Cursor& in) {
    Flow flow;
    flow.transport = static_cast<Transport>(in.number(1));
    flow.listener = static_cast<std::uint16_t>(in.number(1));
    if (in.number(1) == 6) {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        in.block(&v6.sin6_addr, sizeof v6.sin6_addr);
        v6.sin6_scope_id = static_cast<std::uint32_t>(in.number(4));
        v6.sin6_port = htons(static_cast<std::uint16_t>(in.number(2)));
        flow.remote = SocketAddress::from(reinterpret_cast<const sockaddr&>(v6));
    } else {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        in.block(&v4.sin_addr, sizeof v4.sin_addr);
        v4.sin_port = htons(static_cast<std::uint16_t>(in.number(2)));
        flow.remote = SocketAddress::from(reinterpret_cast<const sockaddr&>(v4));
    }
    if (flow.transport != Transport::Udp) flow.connection = in.number(8);
    return flow;
}

}  // namespace

std::uint64_t FlowTokens::hash(std::string_view text) const noexcept {
    std::array<unsigned char, kMacSize> mac{};
    crypto_shorthash(mac.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size(), key_.data());
    std::uint64_t value = 0;
    std::memcpy(&value, mac.data(), sizeof value);
    return value;
}

std::uint32_t FlowTokens::hashTag(std::string_view tag) const noexcept { return static_cast<std::uint32_t>(hash(tag)); }

std::uint32_t FlowTokens::hashUri(const sip::UriView& uri) const {
    std::string text{"sip:"};
    text.append(sip::dialledNumber(uri).number).append(1, '@');
    for (const char c : uri.host) text.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c);
    return static_cast<std::uint32_t>(hash(text));
}

FlowTokens::Mac FlowTokens::sign(const unsigned char* bytes, std::size_t size, std::string_view callId) const {
    std::vector<unsigned char> signedText(bytes, bytes + size);
    signedText.insert(signedText.end(), callId.begin(), callId.end());
    Mac mac{};
    crypto_shorthash(mac.data(), signedText.data(), signedText.size(), key_.data());
    return mac;
}

std::string FlowTokens::encode(const DialogFlows& flows, std::string_view callId) const {
    Writer out;
    out.number(flows.callerHidden ? kVersionHidden : kVersion, 1);
    writeFlow(out, flows.caller);
    writeFlow(out, flows.callee);
    out.number(flows.callerTag, 4);
    out.number(flows.callerUri, 4);
    out.number(flows.calleeUri, 4);
    const auto mac = sign(out.bytes().data(), out.bytes().size(), callId);
    out.block(mac.data(), mac.size());
    std::string token(sodium_base64_encoded_len(out.bytes().size(), kVariant), '\0');
    sodium_bin2base64(token.data(), token.size(), out.bytes().data(), out.bytes().size(), kVariant);
    token.pop_back();  // the terminating NUL
    return token;
}

std::optional<DialogFlows> FlowTokens::decode(std::string_view token, std::string_view callId) const {
    std::array<unsigned char, kLongest> bytes{};
    std::size_t size = 0;
    if (sodium_base642bin(bytes.data(), bytes.size(), token.data(), token.size(), nullptr, &size, nullptr, kVariant) !=
            0 ||
        size <= kMacSize || (bytes[0] != kVersion && bytes[0] != kVersionHidden)) {
        return std::nullopt;
    }
    const auto mac = sign(bytes.data(), size - kMacSize, callId);
    if (sodium_memcmp(mac.data(), bytes.data() + size - kMacSize, kMacSize) != 0) return std::nullopt;
    Cursor in{bytes.data() + 1, size - kMacSize - 1};
    DialogFlows flows;
    flows.caller = readFlow(in);
    flows.callee = readFlow(in);
    flows.callerTag = static_cast<std::uint32_t>(in.number(4));
    flows.callerUri = static_cast<std::uint32_t>(in.number(4));
    flows.calleeUri = static_cast<std::uint32_t>(in.number(4));
    flows.callerHidden = bytes[0] == kVersionHidden;
    if (!in.complete()) return std::nullopt;
    return flows;
}

}  // namespace beffroi::proxy
