// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Two mediastreamer2 filters around a ToneCard: a source that generates its tone at the rate of the codec, and a sink
// that keeps what it is given.

#include "tone_card.hpp"

#include <mediastreamer2/msfilter.h>
#include <mediastreamer2/msticker.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace beffroi::test {
namespace {

struct FilterState {
    ToneCard* card = nullptr;
    int rate = 8000;
    int channels = 1;
};

FilterState& stateOf(MSFilter* filter) { return *static_cast<FilterState*>(filter->data); }

void initialise(MSFilter* filter) noexcept { filter->data = new FilterState; }
void finish(MSFilter* filter) noexcept { delete static_cast<FilterState*>(filter->data); }

int setRate(MSFilter* filter, void* argument) noexcept {
    stateOf(filter).rate = *static_cast<int*>(argument);
    return 0;
}
int getRate(MSFilter* filter, void* argument) noexcept {
    *static_cast<int*>(argument) = stateOf(filter).rate;
    return 0;
}
int setChannels(MSFilter* filter, void* argument) noexcept {
    stateOf(filter).channels = *static_cast<int*>(argument);
    return 0;
}
int getChannels(MSFilter* filter, void* argument) noexcept {
    *static_cast<int*>(argument) = stateOf(filter).channels;
    return 0;
}

// The identifiers come from macros of mediastreamer2 that cast in C's style.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
MSFilterMethod methods[] = {{MS_FILTER_SET_SAMPLE_RATE, setRate},
                            {MS_FILTER_GET_SAMPLE_RATE, getRate},
                            {MS_FILTER_SET_NCHANNELS, setChannels},
                            {MS_FILTER_GET_NCHANNELS, getChannels},
                            {0, nullptr}};
#pragma GCC diagnostic pop

void speak(MSFilter* filter) noexcept {
    const auto& state = stateOf(filter);
    const auto frames =
        static_cast<std::size_t>(state.rate) * static_cast<std::size_t>(filter->ticker->interval) / 1000;
    const auto channels = static_cast<std::size_t>(state.channels);
    mblk_t* block = allocb(frames * channels * sizeof(std::int16_t), 0);
    auto* samples = reinterpret_cast<std::int16_t*>(block->b_wptr);
    state.card->generate(state.rate, samples, frames);
    for (auto frame = frames; channels > 1 && frame-- > 0;) {
        std::fill_n(samples + frame * channels, channels, samples[frame]);
    }
    block->b_wptr += frames * channels * sizeof(std::int16_t);
    ms_queue_put(filter->outputs[0], block);
}

void listen(MSFilter* filter) noexcept {
    const auto& state = stateOf(filter);
    const auto channels = static_cast<std::size_t>(state.channels);
    while (mblk_t* block = ms_queue_get(filter->inputs[0])) {
        auto* samples = reinterpret_cast<std::int16_t*>(block->b_rptr);
        const auto frames = static_cast<std::size_t>(block->b_wptr - block->b_rptr) / sizeof(std::int16_t) / channels;
        for (std::size_t frame = 1; channels > 1 && frame < frames; ++frame) samples[frame] = samples[frame * channels];
        state.card->record(state.rate, samples, frames);
        freemsg(block);
    }
}

MSFilterDesc describe(const char* name, int inputs, int outputs, MSFilterFunc process) {
    MSFilterDesc description{};
    description.id = MS_FILTER_PLUGIN_ID;
    description.name = name;
    description.text = "sound of a test telephone";
    description.category = MS_FILTER_OTHER;
    description.ninputs = inputs;
    description.noutputs = outputs;
    description.init = initialise;
    description.process = process;
    description.uninit = finish;
    description.methods = methods;
    return description;
}

MSFilterDesc microphone = describe("BeffroiTestMicrophone", 0, 1, speak);
MSFilterDesc loudspeaker = describe("BeffroiTestLoudspeaker", 1, 0, listen);

MSFilter* makeFilter(MSSndCard* card, MSFilterDesc& description) {
    MSFilter* filter = ms_factory_create_filter_from_desc(ms_snd_card_get_factory(card), &description);
    stateOf(filter).card = static_cast<ToneCard*>(card->data);
    return filter;
}
MSFilter* makeReader(MSSndCard* card) noexcept { return makeFilter(card, microphone); }
MSFilter* makeWriter(MSSndCard* card) noexcept { return makeFilter(card, loudspeaker); }

MSSndCardDesc cardDescription() {
    MSSndCardDesc description{};
    description.driver_type = "beffroi";
    description.create_reader = makeReader;
    description.create_writer = makeWriter;
    return description;
}
MSSndCardDesc toneCards = cardDescription();

}  // namespace

ToneCard::ToneCard(double hertz, double amplitude) : hertz_{hertz}, amplitude_{amplitude} {}

void ToneCard::setTone(double hertz, double amplitude) {
    const std::lock_guard lock{mutex_};
    hertz_ = hertz;
    amplitude_ = amplitude;
}

void ToneCard::mark() {
    const std::lock_guard lock{mutex_};
    ring_.clear();
}

ToneCard::Heard ToneCard::heard(int milliseconds) const {
    const std::lock_guard lock{mutex_};
    const auto wanted = static_cast<std::size_t>(rate_) * static_cast<std::size_t>(std::max(milliseconds, 0)) / 1000;
    const auto count = std::min(wanted, ring_.size());
    return {rate_, {ring_.end() - static_cast<std::ptrdiff_t>(count), ring_.end()}};
}

MSSndCard* ToneCard::makeCard() {
    MSSndCard* card = ms_snd_card_new_with_name(&toneCards, "tone");
    card->data = this;
    card->capabilities = MS_SND_CARD_CAP_CAPTURE | MS_SND_CARD_CAP_PLAYBACK;
    return card;
}

void ToneCard::record(int rate, const std::int16_t* samples, std::size_t count) {
    const std::lock_guard lock{mutex_};
    if (rate != rate_) ring_.clear();
    rate_ = rate;
    ring_.insert(ring_.end(), samples, samples + count);
    const auto second = static_cast<std::size_t>(rate);
    if (ring_.size() > second * kSecondsKept)
        ring_.erase(ring_.begin(), ring_.begin() + static_cast<std::ptrdiff_t>(second));
}

void ToneCard::generate(int rate, std::int16_t* samples, std::size_t count) {
    const std::lock_guard lock{mutex_};
    const double step = 2 * std::numbers::pi * hertz_ / rate;
    for (std::size_t i = 0; i < count; ++i) {
        samples[i] = static_cast<std::int16_t>(std::lrint(amplitude_ * std::sin(phase_)));
        phase_ = std::fmod(phase_ + step, 2 * std::numbers::pi);
    }
}

}  // namespace beffroi::test
