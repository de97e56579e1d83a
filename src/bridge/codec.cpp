// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Look-ups in the table of codecs.

#include "bridge/codec.hpp"

#include <strings.h>

namespace beffroi::bridge {

std::optional<Codec> findCodec(std::string_view name, std::uint32_t clockRate, std::uint32_t channels) {
    for (const auto& known : kCodecs) {
        const bool sameName =
            name.size() == known.name.size() && strncasecmp(name.data(), known.name.data(), name.size()) == 0;
        if (sameName && clockRate == known.clockRate && channels == known.channels) return known.codec;
    }
    return std::nullopt;
}

std::optional<Codec> findStaticCodec(std::uint8_t payloadType) {
    for (const auto& known : kCodecs) {
        if (known.isStatic && known.offeredPayload == payloadType) return known.codec;
    }
    return std::nullopt;
}

}  // namespace beffroi::bridge
