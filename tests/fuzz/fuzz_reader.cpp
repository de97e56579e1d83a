// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Any bytes, as a datagram and as a stream's message: the reader neither crashes nor contradicts itself. What it
// accepts is written and read again as the same message; what it refuses is answered with nothing but what the peer
// sent, and what we would take instead.

#include "base/assert.hpp"
#include "sip/reader.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using beffroi::sip::Message;
using beffroi::sip::Reader;
using beffroi::sip::Refusal;
using beffroi::sip::Source;

void checkAccepted(const Message& message) {
    BEFFROI_ASSERT(!message.topVia().host.empty() && !message.callId().empty() && !message.cseq().method.empty());
    BEFFROI_ASSERT(!message.from().uri.text.empty() && !message.to().uri.text.empty());
    BEFFROI_ASSERT(!message.isRequest() || message.cseq().method == message.methodName());
    const auto text = message.toString();
    BEFFROI_ASSERT(message.share().toString() == text);
    const auto again = Reader{}.read(text, Source::Stream);
    const auto* second = std::get_if<Message>(&again);
    BEFFROI_ASSERT(second != nullptr && second->toString() == text);
    BEFFROI_ASSERT(second->requestUri().text == message.requestUri().text && second->body() == message.body());
}

void checkRefused(const Refusal& refusal) {
    BEFFROI_ASSERT(refusal.answer.has_value() == (refusal.status != 0));
    BEFFROI_ASSERT(!refusal.reason.empty() && refusal.reason.size() <= 80);
    if (!refusal.answer) return;
    const auto text = refusal.answer->toString();
    BEFFROI_ASSERT(text.starts_with("SIP/2.0 " + std::to_string(refusal.status) + ' ') && text.ends_with("\r\n\r\n"));
    std::string_view head{text};
    for (head.remove_prefix(head.find('\n') + 1); head != "\r\n"; head.remove_prefix(head.find('\n') + 1)) {
        bool known = refusal.status == 415 && head.starts_with("Accept-Encoding: identity\r\n");
        for (const char* const name : {"Via: ", "From: ", "To: ", "Call-ID: ", "CSeq: ", "Content-Length: 0\r\n"}) {
            known = known || head.starts_with(name);
        }
        BEFFROI_ASSERT(known && head[head.find('\n') - 1] == '\r');
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    for (const auto source : {Source::Datagram, Source::Stream}) {
        const auto result = Reader{}.read(bytes, source);
        if (const auto* refusal = std::get_if<Refusal>(&result)) {
            checkRefused(*refusal);
        } else {
            checkAccepted(std::get<Message>(result));
        }
    }
    return 0;
}
