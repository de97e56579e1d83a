// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Packets carry two frames, an even and an odd one. Whether an encoder works is decided at even frames, together with
// the choice of speakers, so that all encoders stay in step and a packet is never made of two people's mixes.

#include "bridge/encoder_bank.hpp"

#include <algorithm>
#include <cstring>

namespace beffroi::bridge {
namespace {

mblk_t* copyOf(const Frame& frame, PcmRate rate) {
    const auto octets = frameSamples(rate) * sizeof(Sample);
    auto* message = allocb(octets, 0);
    std::memcpy(message->b_wptr, frame.data(), octets);
    message->b_wptr += octets;
    return message;
}

MSFilterDesc describe(const char* name, int inputs, int outputs, MSFilterFunc process) {
    MSFilterDesc description{};
    description.id = MS_FILTER_PLUGIN_ID;
    description.name = name;
    description.text = "rooms of Beffroi";
    description.category = MS_FILTER_OTHER;
    description.ninputs = inputs;
    description.noutputs = outputs;
    description.process = process;
    description.flags = MS_FILTER_IS_PUMP;
    return description;
}

}  // namespace

MSFilterDesc& EncoderBank::sourceDescription() {
    static MSFilterDesc kDescription = describe("BeffroiMixSource", 0, kOutputs, [](MSFilter* filter) {
        static_cast<EncoderBank*>(filter->data)->feed(filter);
    });
    return kDescription;
}

MSFilterDesc& EncoderBank::fanOutDescription() {
    static MSFilterDesc kDescription = describe("BeffroiFanOut", kOutputs, 0, [](MSFilter* filter) {
        static_cast<EncoderBank*>(filter->data)->fanOut(filter);
    });
    return kDescription;
}

EncoderBank::EncoderBank(MediaThread& thread, std::mutex& hubMutex, const RoomMixer& mixer, Codec codec)
    : thread_{thread},
      hubMutex_{hubMutex},
      mixer_{mixer},
      codec_{traits(codec)},
      source_{makeFilter(thread.factory(), sourceDescription(), this)},
      sink_{makeFilter(thread.factory(), fanOutDescription(), this)} {
    for (std::size_t place = 0; place < mixer.places(); ++place) buildEncoder(place);
    buildEncoder(kOutputs - 1);
    ms_ticker_attach(thread_.ticker(), source_.get());
}

EncoderBank::~EncoderBank() {
    ms_ticker_detach(thread_.ticker(), source_.get());
    for (std::size_t output = 0; output < kOutputs; ++output) {
        if (!encoders_[output]) continue;
        ms_filter_unlink(source_.get(), static_cast<int>(output), encoders_[output].get(), 0);
        ms_filter_unlink(encoders_[output].get(), 0, sink_.get(), static_cast<int>(output));
    }
}

void EncoderBank::remove(const Listener& listener) noexcept {
    const auto found = std::find(listeners_.begin(), listeners_.end(), &listener);
    if (found == listeners_.end()) return;
    *found = listeners_.back();
    listeners_.pop_back();
}

void EncoderBank::buildEncoder(std::size_t output) {
    auto& encoder = encoders_[output];
    encoder.reset(ms_factory_create_encoder(thread_.factory(), codec_.filter));
    auto rate = static_cast<int>(codec_.pcmRate);
    int channels = 1;
    ms_filter_call_method(encoder.get(), MS_FILTER_SET_SAMPLE_RATE, &rate);
    if (ms_filter_has_method(encoder.get(), MS_FILTER_SET_NCHANNELS) != 0) {
        ms_filter_call_method(encoder.get(), MS_FILTER_SET_NCHANNELS, &channels);
    }
    ms_filter_link(source_.get(), static_cast<int>(output), encoder.get(), 0);
    ms_filter_link(encoder.get(), 0, sink_.get(), static_cast<int>(output));
}

void EncoderBank::feed(MSFilter* source) noexcept {
    const std::lock_guard lock{hubMutex_};
    if (mixer_.frame() % 2 == 0) decideWhatToEncode();
    for (std::size_t output = 0; output < kOutputs; ++output) {
        if (!encoding_[output]) continue;
        const auto& frame =
            output == kOutputs - 1 ? mixer_.forListeners(codec_.pcmRate) : mixer_.forSpeaker(output, codec_.pcmRate);
        ms_queue_put(source->outputs[output], copyOf(frame, codec_.pcmRate));
    }
}

void EncoderBank::decideWhatToEncode() noexcept {
    encoding_.fill(false);
    for (const auto* listener : listeners_) {
        encoding_[listener->party.voice.place.value_or(kOutputs - 1)] = true;
    }
}

void EncoderBank::fanOut(MSFilter* sink) noexcept {
    const std::lock_guard lock{hubMutex_};
    for (std::size_t output = 0; output < kOutputs; ++output) {
        if (sink->inputs[output] == nullptr) continue;
        while (auto* payload = ms_queue_get(sink->inputs[output])) {
            deliver(output, payload);
            freemsg(payload);
        }
    }
}

void EncoderBank::deliver(std::size_t output, mblk_t* payload) noexcept {
    const auto firstFrame = mixer_.frame() - 1;
    for (auto* listener : listeners_) {
        if (listener->party.voice.place.value_or(kOutputs - 1) != output) continue;
        listener->packets.push_back({dupmsg(payload), firstFrame});
    }
}

}  // namespace beffroi::bridge
