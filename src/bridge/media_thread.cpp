// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The poller is attached before anything else and therefore runs first.

#include "bridge/media_thread.hpp"

#include <ortp/ortp.h>

#include <algorithm>
#include <cstdlib>

// The library has them and does not declare them.
extern "C" {
extern MSFilterDesc ms_alaw_dec_desc;
extern MSFilterDesc ms_alaw_enc_desc;
extern MSFilterDesc ms_ulaw_dec_desc;
extern MSFilterDesc ms_ulaw_enc_desc;
extern MSFilterDesc ms_g722_dec_desc;
extern MSFilterDesc ms_g722_enc_desc;
extern MSFilterDesc ms_opus_dec_desc;
extern MSFilterDesc ms_opus_enc_desc;
}

namespace beffroi::bridge {
namespace {

/// A factory with our codecs and nothing else. ms_factory_new_with_voip() would look for sound cards and cameras, load
/// plug-ins, and start a thread that asks for a sound server: not what a bridge on the network should do.
FactoryRef newFactory() {
    FactoryRef factory{ms_factory_new()};
    for (auto* codec : {&ms_alaw_dec_desc, &ms_alaw_enc_desc, &ms_ulaw_dec_desc, &ms_ulaw_enc_desc, &ms_g722_dec_desc,
                        &ms_g722_enc_desc, &ms_opus_dec_desc, &ms_opus_enc_desc}) {
        ms_factory_register_filter(factory.get(), codec);
    }
    return factory;
}

void pollSockets(MSFilter* filter) noexcept { static_cast<SocketReadiness*>(filter->data)->poll(); }

MSFilterDesc& pollerDescription() {
    static MSFilterDesc kDescription = [] {
        MSFilterDesc description{};
        description.id = MS_FILTER_PLUGIN_ID;
        description.name = "BeffroiSocketPoller";
        description.text = "polls the RTP sockets";
        description.category = MS_FILTER_OTHER;
        description.process = pollSockets;
        return description;
    }();
    return kDescription;
}

}  // namespace

MediaThread::MediaThread(MSFactory* factory, const Clock& clock, const std::string& name)
    : factory_{factory}, readiness_{clock}, poller_{makeFilter(factory, pollerDescription(), &readiness_)} {
    MSTickerParams parameters{};
    parameters.name = name.c_str();
    parameters.prio = MS_TICKER_PRIO_HIGH;
    ticker_.reset(ms_ticker_new_with_params(&parameters));
    ms_ticker_attach(ticker_.get(), poller_.get());
}

MediaThread::~MediaThread() { ms_ticker_detach(ticker_.get(), poller_.get()); }

float MediaThread::load() const { return ms_ticker_get_average_load(ticker_.get()); }

MediaEngine::MediaEngine(const Clock& clock, const MediaEngineSettings& settings) {
    // The only way to tell the Opus encoder, which asks the environment when it starts. No thread runs yet.
    setenv("MS2_OPUS_COMPLEXITY", std::to_string(settings.opusComplexity).c_str(), 1);
    ortp_init();
    factory_ = newFactory();
    for (std::size_t i = 0; i < std::max<std::size_t>(settings.threads, 1); ++i) {
        threads_.push_back(std::make_unique<MediaThread>(factory_.get(), clock, "media-" + std::to_string(i + 1)));
    }
}

MediaEngine::~MediaEngine() {
    threads_.clear();
    factory_.reset();
    ortp_exit();
}

MediaThread& MediaEngine::idlest() {
    // Loads that hardly differ say nothing about the future: such threads take turns.
    constexpr float kNoise = 3.0F;
    next_ = (next_ + 1) % threads_.size();
    auto* best = threads_[next_].get();
    for (const auto& thread : threads_) {
        if (thread->load() + kNoise < best->load()) best = thread.get();
    }
    return *best;
}

}  // namespace beffroi::bridge
