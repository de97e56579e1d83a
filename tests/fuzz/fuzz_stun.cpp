// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Any datagram as a STUN request: the answer, if there is one, is well-formed and short, belongs to the request, says
// where it came from, and is itself nothing that would be answered. A fingerprint changes nothing but the fingerprint.

#include "base/assert.hpp"
#include "edge/stun.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using beffroi::SocketAddress;
using beffroi::edge::stunAnswer;

constexpr std::size_t kHeader = 20;
constexpr unsigned kFingerprint = 0x8028;

unsigned number16(std::string_view at) {
    return static_cast<unsigned>(static_cast<unsigned char>(at[0])) << 8U | static_cast<unsigned char>(at[1]);
}

std::string octets16(unsigned value) { return {static_cast<char>(value >> 8U), static_cast<char>(value)}; }

// RFC 5389 §15.5.
std::string fingerprintOf(std::string_view text) {
    std::uint32_t crc = 0xffffffffU;
    for (const char c : text) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ (0xedb88320U & (0U - (crc & 1U)));
    }
    crc = ~crc ^ 0x5354554eU;
    return octets16(crc >> 16U) + octets16(crc & 0xffffU);
}

std::string withFingerprint(std::string_view datagram) {
    auto text = std::string{datagram.substr(0, 2)} + octets16(number16(datagram.substr(2)) + 8);
    text.append(datagram.substr(4));
    return text + octets16(kFingerprint) + octets16(4) + fingerprintOf(text);
}

bool hasFingerprint(std::string_view message) {
    return message.size() >= kHeader + 8 && number16(message.substr(message.size() - 8)) == kFingerprint &&
           message.substr(message.size() - 4) == fingerprintOf(message.substr(0, message.size() - 8));
}

void checkAttributes(std::string_view attributes) {
    while (!attributes.empty()) {
        BEFFROI_ASSERT(attributes.size() >= 4);
        const auto padded = 4 + (number16(attributes.substr(2)) + 3U) / 4 * 4;
        BEFFROI_ASSERT(padded <= attributes.size());
        attributes.remove_prefix(padded);
    }
}

// XOR-MAPPED-ADDRESS, undone (RFC 5389 §15.2).
void checkMapped(std::string_view answer, const SocketAddress& from) {
    const auto attribute = answer.substr(kHeader);
    BEFFROI_ASSERT(number16(attribute) == 0x0020 && number16(attribute.substr(2)) == (from.isV6() ? 20U : 8U));
    BEFFROI_ASSERT(number16(attribute.substr(4)) == (from.isV6() ? 2U : 1U));
    BEFFROI_ASSERT((number16(attribute.substr(6)) ^ 0x2112U) == from.port());
    std::string host;
    for (std::size_t i = 0; i < number16(attribute.substr(2)) - 4U; ++i) {
        const auto octet = static_cast<unsigned char>(attribute[8 + i] ^ answer[4 + i]);
        constexpr const char* kHex = "0123456789abcdef";
        if (!from.isV6()) {
            host.append(i == 0 ? "" : ".").append(std::to_string(octet));
        } else {
            host.append(i % 2 == 0 && i != 0 ? ":" : "").append(1, kHex[octet >> 4U]).append(1, kHex[octet & 15U]);
        }
    }
    const auto told = SocketAddress::parse(host, from.port());
    BEFFROI_ASSERT(told && *told == from);
}

void checkAnswer(std::string_view request, std::string_view answer, const SocketAddress& from) {
    BEFFROI_ASSERT(request.size() >= kHeader && number16(request) == 0x0001);
    BEFFROI_ASSERT(answer.size() >= kHeader && answer.size() <= beffroi::edge::kLongestStunAnswer);
    BEFFROI_ASSERT(number16(answer.substr(2)) == answer.size() - kHeader);
    BEFFROI_ASSERT(answer.substr(4, 16) == request.substr(4, 16));
    BEFFROI_ASSERT(number16(answer) == 0x0101 || number16(answer) == 0x0111);
    checkAttributes(answer.substr(kHeader));
    if (number16(answer) == 0x0101) checkMapped(answer, from);
    BEFFROI_ASSERT(stunAnswer(answer, from).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view datagram{reinterpret_cast<const char*>(data), size};
    static const SocketAddress kPeers[] = {*SocketAddress::parse("192.0.2.10", 40000),
                                           *SocketAddress::parse("2001:db8::9:1", 5060)};
    for (const auto& from : kPeers) {
        const auto answer = stunAnswer(datagram, from);
        if (answer.empty()) continue;
        checkAnswer(datagram, answer, from);
        if (number16(datagram.substr(2)) > 0xffffU - 8 || hasFingerprint(datagram)) continue;
        const auto marked = withFingerprint(datagram);
        const auto second = stunAnswer(marked, from);
        BEFFROI_ASSERT(!second.empty());
        checkAnswer(marked, second, from);
        BEFFROI_ASSERT(hasFingerprint(second) && number16(second) == number16(answer));
        BEFFROI_ASSERT(std::string_view{second}.substr(kHeader, answer.size() - kHeader) == answer.substr(kHeader));
    }
    return 0;
}
