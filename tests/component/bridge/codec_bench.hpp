// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A codec of mediastreamer2 outside any graph and thread: octets in, octets out. Test telephones speak and listen by
// it.
#pragma once

#include "bridge/codec.hpp"
#include "bridge/mediastreamer.hpp"

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace beffroi::test {

class CodecBench {
public:
    enum class Way { Encode, Decode };

    CodecBench(MSFactory* factory, const bridge::CodecTraits& codec, Way way)
        : source_{bridge::makeFilter(factory, description(0, 1), nullptr)},
          filter_{way == Way::Encode ? ms_factory_create_encoder(factory, codec.filter)
                                     : ms_factory_create_decoder(factory, codec.filter)},
          sink_{bridge::makeFilter(factory, description(1, 0), nullptr)} {
        auto rate = static_cast<int>(codec.pcmRate);
        int channels = 1;
        ms_filter_call_method(filter_.get(), MS_FILTER_SET_SAMPLE_RATE, &rate);
        if (ms_filter_has_method(filter_.get(), MS_FILTER_SET_NCHANNELS) != 0) {
            ms_filter_call_method(filter_.get(), MS_FILTER_SET_NCHANNELS, &channels);
        }
        ms_filter_link(source_.get(), 0, filter_.get(), 0);
        ms_filter_link(filter_.get(), 0, sink_.get(), 0);
        ms_filter_preprocess(filter_.get(), &standing_);
    }
    ~CodecBench() {
        ms_filter_postprocess(filter_.get());
        ms_filter_unlink(source_.get(), 0, filter_.get(), 0);
        ms_filter_unlink(filter_.get(), 0, sink_.get(), 0);
    }
    CodecBench(const CodecBench&) = delete;
    CodecBench& operator=(const CodecBench&) = delete;

    std::vector<std::uint8_t> process(std::span<const std::uint8_t> octets) {
        auto* in = allocb(octets.size(), 0);
        std::memcpy(in->b_wptr, octets.data(), octets.size());
        in->b_wptr += octets.size();
        ms_queue_put(filter_->inputs[0], in);
        ms_filter_process(filter_.get());
        std::vector<std::uint8_t> result;
        while (auto* out = ms_queue_get(filter_->outputs[0])) {
            result.insert(result.end(), out->b_rptr, out->b_wptr);
            freemsg(out);
        }
        return result;
    }
    std::vector<std::uint8_t> encode(std::span<const bridge::Sample> samples) {
        return process({reinterpret_cast<const std::uint8_t*>(samples.data()), samples.size_bytes()});
    }
    std::vector<bridge::Sample> decode(std::span<const std::uint8_t> payload) {
        const auto octets = process(payload);
        std::vector<bridge::Sample> samples(octets.size() / sizeof(bridge::Sample));
        std::memcpy(samples.data(), octets.data(), samples.size() * sizeof(bridge::Sample));
        return samples;
    }

private:
    static MSFilterDesc& description(int inputs, int outputs) {
        static MSFilterDesc kSource = make(0, 1);
        static MSFilterDesc kSink = make(1, 0);
        return inputs < outputs ? kSource : kSink;
    }
    static MSFilterDesc make(int inputs, int outputs) {
        MSFilterDesc description{};
        description.id = MS_FILTER_PLUGIN_ID;
        description.name = "TestEndpoint";
        description.text = "the end of a graph that never runs";
        description.category = MS_FILTER_OTHER;
        description.ninputs = inputs;
        description.noutputs = outputs;
        description.process = [](MSFilter*) {};
        return description;
    }

    MSTicker standing_{};  // its time stands still: nothing is concealed
    bridge::FilterRef source_;
    bridge::FilterRef filter_;
    bridge::FilterRef sink_;
};

}  // namespace beffroi::test
