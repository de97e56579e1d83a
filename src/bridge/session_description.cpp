// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One pass over the lines. Unknown lines and attributes are skipped, known ones must be well-formed. Only a malformed
// a=rtpmap is forgiven, at the price of its format: it is often that of a video line which we refuse anyway.

#include "bridge/session_description.hpp"

#include <algorithm>
#include <charconv>

namespace beffroi::bridge {
namespace {

constexpr std::size_t kLongestLine = 1024;
constexpr std::size_t kMostLines = 400;
constexpr std::size_t kMostMedia = 16;
constexpr std::size_t kMostFormats = 64;
constexpr std::string_view kUnreadable = "?";  // an encoding that is nobody's

template <typename Number>
bool parseNumber(std::string_view text, Number& number) {
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    return result.ec == std::errc{} && result.ptr == text.data() + text.size();
}

/// The text before `separator`; `rest` becomes what follows it.
std::string_view take(std::string_view& rest, char separator) {
    const auto end = rest.find(separator);
    const auto word = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return word;
}

bool isToken(std::string_view text) {
    return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
               c == '_' || c == '+';
    });
}

bool isProtocol(std::string_view text) {
    if (text.empty() || text.size() > 32) return false;
    while (!text.empty()) {
        if (!isToken(take(text, '/'))) return false;
    }
    return true;
}

/// "IN IP4 192.0.2.1": names are not looked up, multicast is not for calls.
std::optional<SocketAddress> parseAddress(std::string_view text, std::uint16_t port) {
    if (take(text, ' ') != "IN") return std::nullopt;
    const auto family = take(text, ' ');
    const bool six = text.find(':') != std::string_view::npos;  // also an IPv4-mapped one, which we take for IPv4
    const auto address = SocketAddress::parse(text, port);
    if (!address || family != (six ? "IP6" : "IP4")) return std::nullopt;
    const auto host = address->host();
    std::uint8_t first = 0;
    if (address->isV4()) {
        parseNumber(std::string_view{host}.substr(0, host.find('.')), first);
        if (first >= 224) return std::nullopt;
    } else if (host.starts_with("ff")) {
        return std::nullopt;
    }
    return address;
}

std::optional<Direction> parseDirection(std::string_view attribute) {
    for (const auto direction :
         {Direction::SendReceive, Direction::SendOnly, Direction::ReceiveOnly, Direction::Inactive}) {
        if (attribute == name(direction)) return direction;
    }
    return std::nullopt;
}

class Reader {
public:
    std::variant<SessionDescription, SdpFault> read(std::string_view text) {
        if (text.empty() || text.size() > kLongestSdp) return SdpFault{"size of the session description"};
        std::size_t number = 0;
        while (!text.empty()) {
            auto line = take(text, '\n');
            if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
            if (line.empty() && text.empty()) break;
            while (!line.empty() && line.back() == ' ') line.remove_suffix(1);
            if (const auto fault = readLine(line, number++); !fault.empty()) return SdpFault{fault};
        }
        if (number == 0) return SdpFault{"empty session description"};
        return std::move(session_);
    }

private:
    std::string_view readLine(std::string_view line, std::size_t number) {
        if (number >= kMostLines || line.size() > kLongestLine) return "session description too long";
        if (line.size() < 2 || line[1] != '=' || line[0] < 'a' || line[0] > 'z') return "line without a type";
        const bool clean = std::none_of(line.begin(), line.end(), [](char c) {
            return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
        });
        if (!clean) return "control character";
        const auto value = line.substr(2);
        if (number == 0) return line == "v=0" ? "" : "version is not 0";
        switch (line[0]) {
            case 'c': return readConnection(value);
            case 'm': return readMedia(value);
            case 'a': return readAttribute(value);
            default: return {};
        }
    }

    std::string_view readConnection(std::string_view value) {
        const auto address = parseAddress(value, 0);
        if (!address) return "connection address";
        if (session_.media.empty()) {
            connection_ = *address;
        } else {
            session_.media.back().connection = *address;
        }
        return {};
    }

    std::string_view readMedia(std::string_view value) {
        if (session_.media.size() >= kMostMedia) return "too many media lines";
        MediaLine media;
        media.kind = take(value, ' ');
        auto ports = take(value, ' ');
        media.protocol = take(value, ' ');
        if (!isToken(media.kind) || !isProtocol(media.protocol)) return "media line";
        if (!parseNumber(take(ports, '/'), media.port)) return "media port";
        if (value.empty()) return "media line without formats";
        media.connection = connection_;
        media.direction = direction_;
        if (media.protocol.starts_with("RTP/")) {
            if (const auto fault = readFormats(value, media); !fault.empty()) return fault;
        }
        session_.media.push_back(std::move(media));
        return {};
    }

    static std::string_view readFormats(std::string_view value, MediaLine& media) {
        while (!value.empty()) {
            MediaFormat format;
            if (!parseNumber(take(value, ' '), format.payloadType) || format.payloadType > 127) return "payload type";
            if (media.formats.size() >= kMostFormats) return "too many formats";
            media.formats.push_back(std::move(format));
        }
        return {};
    }

    std::string_view readAttribute(std::string_view value) {
        if (const auto direction = parseDirection(value)) {
            (session_.media.empty() ? direction_ : session_.media.back().direction) = *direction;
            return {};
        }
        if (session_.media.empty()) return {};
        const auto attribute = take(value, ':');
        if (attribute == "rtpmap") return readRtpmap(value);
        if (attribute == "rtcp") return readRtcp(value);
        return {};
    }

    std::string_view readRtpmap(std::string_view value) {
        std::uint8_t payloadType = 0;
        if (!parseNumber(take(value, ' '), payloadType)) return "payload type of rtpmap";
        MediaFormat map;
        const auto encoding = take(value, '/');
        const auto rate = take(value, '/');
        const bool sound = isToken(encoding) && parseNumber(rate, map.clockRate) &&
                           (value.empty() || parseNumber(value, map.channels));
        map.encoding.assign(sound ? encoding : kUnreadable);
        map.payloadType = payloadType;
        for (auto& format : session_.media.back().formats) {
            if (format.payloadType == payloadType && format.encoding.empty()) format = map;
        }
        return {};
    }

    std::string_view readRtcp(std::string_view value) {
        std::uint16_t port = 0;
        if (!parseNumber(take(value, ' '), port)) return "rtcp port";
        auto& media = session_.media.back();
        const auto address = value.empty() ? media.connection.withPort(port) : parseAddress(value, port);
        if (!address) return "rtcp address";
        media.rtcp = address;
        return {};
    }

    SessionDescription session_;
    SocketAddress connection_;
    Direction direction_ = Direction::SendReceive;
};

}  // namespace

std::string_view name(Direction direction) noexcept {
    switch (direction) {
        case Direction::SendOnly: return "sendonly";
        case Direction::ReceiveOnly: return "recvonly";
        case Direction::Inactive: return "inactive";
        default: return "sendrecv";
    }
}

std::variant<SessionDescription, SdpFault> readSdp(std::string_view text) { return Reader{}.read(text); }

}  // namespace beffroi::bridge
