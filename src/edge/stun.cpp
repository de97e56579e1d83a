// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/stun.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

namespace beffroi::edge {
namespace {

constexpr std::uint16_t kBindingRequest = 0x0001;
constexpr std::uint16_t kBindingSuccess = 0x0101;
constexpr std::uint16_t kBindingError = 0x0111;
constexpr std::uint32_t kMagicCookie = 0x2112A442;
constexpr std::uint16_t kErrorCode = 0x0009;
constexpr std::uint16_t kUnknownAttributes = 0x000A;
constexpr std::uint16_t kXorMappedAddress = 0x0020;
constexpr std::uint16_t kFirstOptional = 0x8000;
constexpr std::uint16_t kFingerprint = 0x8028;
constexpr std::uint32_t kFingerprintMask = 0x5354554e;
constexpr std::size_t kHeader = 20;
constexpr std::size_t kAttributeHeader = 4;
constexpr std::size_t kFingerprintSize = 8;
constexpr std::size_t kMostUnknown = 4;

std::uint16_t number16(std::string_view at) {
    return static_cast<std::uint16_t>(static_cast<unsigned char>(at[0]) << 8U | static_cast<unsigned char>(at[1]));
}
std::uint32_t number32(std::string_view at) { return std::uint32_t{number16(at)} << 16U | number16(at.substr(2)); }

void put16(std::string& out, std::uint16_t value) {
    out.push_back(static_cast<char>(value >> 8U));
    out.push_back(static_cast<char>(value & 0xffU));
}
void put32(std::string& out, std::uint32_t value) {
    put16(out, static_cast<std::uint16_t>(value >> 16U));
    put16(out, static_cast<std::uint16_t>(value & 0xffffU));
}

// CRC-32 of ITU V.42 (RFC 5389 §15.5).
std::uint32_t crc32(std::string_view text) {
    std::uint32_t crc = 0xffffffffU;
    for (const char c : text) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
    }
    return ~crc;
}

struct Request {
    std::string_view cookieAndId;
    bool fingerprint = false;
    std::vector<std::uint16_t> unknown;
};

// False if the attributes do not fill the message, or the FINGERPRINT is wrong or not the last.
bool readAttributes(std::string_view datagram, Request& request) {
    for (auto at = kHeader; at < datagram.size();) {
        const auto rest = datagram.substr(at);
        if (request.fingerprint || rest.size() < kAttributeHeader) return false;
        const auto type = number16(rest);
        const std::size_t size = number16(rest.substr(2));
        const auto padded = kAttributeHeader + (size + 3) / 4 * 4;
        if (padded > rest.size()) return false;
        if (type == kFingerprint) {
            if (padded != kFingerprintSize || size != 4) return false;
            if (number32(rest.substr(kAttributeHeader)) != (crc32(datagram.substr(0, at)) ^ kFingerprintMask)) {
                return false;
            }
            request.fingerprint = true;
        } else if (type < kFirstOptional && request.unknown.size() < kMostUnknown) {
            request.unknown.push_back(type);
        }
        at += padded;
    }
    return true;
}

std::optional<Request> readRequest(std::string_view datagram) {
    if (!mayBeStun(datagram)) return std::nullopt;
    Request request;
    request.cookieAndId = datagram.substr(4, kHeader - 4);
    if (!readAttributes(datagram, request)) return std::nullopt;
    return request;
}

void putMappedAddress(std::string& out, const SocketAddress& from, std::string_view cookieAndId) {
    sockaddr_storage storage{};
    from.toSockaddr(storage);
    std::array<char, 16> octets{};
    std::size_t size = 4;
    if (from.isV6()) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &storage, sizeof v6);
        size = 16;
        std::memcpy(octets.data(), &v6.sin6_addr, size);
    } else {
        sockaddr_in v4{};
        std::memcpy(&v4, &storage, sizeof v4);
        std::memcpy(octets.data(), &v4.sin_addr, size);
    }
    put16(out, kXorMappedAddress);
    put16(out, static_cast<std::uint16_t>(4 + size));
    put16(out, from.isV6() ? 2 : 1);
    put16(out, static_cast<std::uint16_t>(from.port() ^ (kMagicCookie >> 16U)));
    for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<char>(octets[i] ^ cookieAndId[i]));
}

void putUnknown(std::string& out, const std::vector<std::uint16_t>& types) {
    put16(out, kErrorCode);
    put16(out, 4);
    put32(out, 4U << 8U | 20U);  // 420, without words
    put16(out, kUnknownAttributes);
    put16(out, static_cast<std::uint16_t>(2 * types.size()));
    for (const auto type : types) put16(out, type);
    if (types.size() % 2 != 0) put16(out, 0);
}

}  // namespace

bool mayBeStun(std::string_view datagram) noexcept {
    return datagram.size() >= kHeader && datagram.size() <= kLongestStunRequest && datagram.size() % 4 == 0 &&
           number16(datagram) == kBindingRequest && number16(datagram.substr(2)) == datagram.size() - kHeader &&
           number32(datagram.substr(4)) == kMagicCookie;
}

std::string stunAnswer(std::string_view datagram, const SocketAddress& from) {
    const auto request = readRequest(datagram);
    if (!request || !from.isSet()) return {};
    std::string attributes;
    if (request->unknown.empty()) {
        putMappedAddress(attributes, from, request->cookieAndId);
    } else {
        putUnknown(attributes, request->unknown);
    }
    std::string answer;
    put16(answer, request->unknown.empty() ? kBindingSuccess : kBindingError);
    put16(answer,
          static_cast<std::uint16_t>(attributes.size() + (request->fingerprint ? kFingerprintSize : std::size_t{0})));
    answer.append(request->cookieAndId).append(attributes);
    if (request->fingerprint) {
        const auto crc = crc32(answer) ^ kFingerprintMask;
        put16(answer, kFingerprint);
        put16(answer, 4);
        put32(answer, crc);
    }
    return answer;
}

}  // namespace beffroi::edge
