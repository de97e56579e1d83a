// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Any bytes as a session description: what is read is within its limits, and an answer to it is one that the reader
// takes itself. A SIP message, as in tests/corpus, counts from its body on.

#include "base/assert.hpp"
#include "bridge/negotiation.hpp"
#include "bridge/sdp_writer.hpp"

#include <belle-sip/belle-sip.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace {

using namespace beffroi;
using namespace beffroi::bridge;

std::string_view bodyOf(std::string_view bytes) {
    const auto end = bytes.find("\r\n\r\n");
    return bytes.starts_with("v=") || end == std::string_view::npos ? bytes : bytes.substr(end + 4);
}

void answer(const SessionDescription& offer, const AudioAgreement& agreement) {
    BEFFROI_ASSERT(agreement.mediaIndex < offer.media.size() && agreement.payloadType <= 127);
    const auto local = *SocketAddress::parse("192.0.2.1", 20000);
    const auto again = readSdp(writeAnswer(offer, agreement, local, {1, 1}));
    const auto* written = std::get_if<SessionDescription>(&again);
    BEFFROI_ASSERT(written != nullptr && written->media.size() == offer.media.size());
    for (std::size_t i = 0; i < written->media.size(); ++i) {
        BEFFROI_ASSERT((written->media[i].port != 0) == (i == agreement.mediaIndex));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto* pool = belle_sip_object_pool_push();
    const auto read = readSdp(bodyOf({reinterpret_cast<const char*>(data), size}));
    if (const auto* offer = std::get_if<SessionDescription>(&read)) {
        const auto negotiated = negotiate(*offer, Reach{*SocketAddress::parse("192.0.2.1", 0)});
        if (const auto* agreement = std::get_if<AudioAgreement>(&negotiated)) answer(*offer, *agreement);
    } else {
        BEFFROI_ASSERT(!std::get<SdpFault>(read).reason.empty());
    }
    belle_sip_object_unref(pool);
    return 0;
}
