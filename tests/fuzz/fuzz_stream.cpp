// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Any bytes as what comes on a connection: however they are split, the same messages are cut from them, nothing is
// skipped or seen twice, and the reader sees the body that the framing saw.

#include "base/assert.hpp"
#include "edge/framing.hpp"
#include "sip/reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using beffroi::edge::FramingLimits;
using beffroi::edge::StreamFramer;
using Found = StreamFramer::Found;

struct Cut {
    Found found;
    std::string bytes;  // of a message
    bool operator==(const Cut&) const = default;
};

// All that is cut from `stream` if it comes in pieces as long as `nextLength` says.
template <typename NextLength>
std::vector<Cut> cutsOf(std::string_view stream, const FramingLimits& limits, NextLength nextLength) {
    StreamFramer framer{limits};
    std::vector<Cut> cuts;
    while (!stream.empty()) {
        const auto piece = stream.substr(0, nextLength());
        stream.remove_prefix(piece.size());
        framer.append(piece);
        for (auto next = framer.next(); next.found != Found::Nothing; next = framer.next()) {
            cuts.push_back({next.found, next.found == Found::Message ? std::string{next.bytes} : std::string{}});
            BEFFROI_ASSERT(next.found == Found::Unframable || next.bytes.size() <= limits.message);
            if (next.found != Found::Unframable) continue;
            framer.append(stream);
            BEFFROI_ASSERT(!framer.midMessage() && framer.next().found == Found::Nothing);
            return cuts;
        }
    }
    return cuts;
}

// The cuts are the stream, in its order, without the line ends between messages.
void checkNothingSkipped(std::string_view stream, const std::vector<Cut>& cuts) {
    std::size_t lineEnds = 0;
    const auto skipLineEnds = [&] {
        for (; stream.starts_with("\r\n"); stream.remove_prefix(2)) ++lineEnds;
    };
    std::size_t pings = 0;
    for (const auto& cut : cuts) {
        if (cut.found == Found::Ping) {
            ++pings;
        } else if (cut.found == Found::Message) {
            skipLineEnds();
            BEFFROI_ASSERT(stream.starts_with(cut.bytes) && !cut.bytes.empty());
            stream.remove_prefix(cut.bytes.size());
        }
    }
    skipLineEnds();
    BEFFROI_ASSERT(pings * 2 <= lineEnds);
}

// Two readers of one length would be how a message is smuggled inside another.
void checkBody(std::string_view message) {
    const auto result = beffroi::sip::Reader{}.read(message, beffroi::sip::Source::Stream);
    if (const auto* read = std::get_if<beffroi::sip::Message>(&result)) {
        BEFFROI_ASSERT(read->body() == message.substr(message.find("\r\n\r\n") + 4));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view stream{reinterpret_cast<const char*>(data), size};
    std::uint32_t state = 2166136261U;  // any change of the input is another split of it
    for (const char c : stream) state = (state ^ static_cast<unsigned char>(c)) * 16777619U;
    for (const auto& limits : {FramingLimits{}, FramingLimits{200, 400}}) {
        const auto whole = cutsOf(stream, limits, [size] { return size; });
        const auto split = cutsOf(stream, limits, [&state] {
            state = state * 1664525U + 1013904223U;
            return 1 + (state >> 24U) % ((state & 0x800000U) != 0 ? 4U : 64U);
        });
        BEFFROI_ASSERT(whole == split);
        if (size <= 2048) BEFFROI_ASSERT(whole == cutsOf(stream, limits, [] { return 1U; }));
        checkNothingSkipped(stream, whole);
        for (const auto& cut : whole) {
            if (cut.found == Found::Message) checkBody(cut.bytes);
        }
    }
    return 0;
}
