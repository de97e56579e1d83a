// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Thresholds: -56 dBov is speech, 6 dB louder takes a place away, 600 ms of silence gives it up.

#include "bridge/speaker_choice.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace beffroi::bridge {
namespace {

constexpr float kSpeech = 50.0F * 50.0F;
constexpr float kClearlyLouder = 4.0F;  // in power: 6 dB
constexpr float kRelease = 0.9F;
constexpr std::uint64_t kHold = 60;  // frames

}  // namespace

void Voice::heard(float frameLoudness) noexcept {
    loudness = frameLoudness > loudness ? frameLoudness : loudness * kRelease + frameLoudness * (1.0F - kRelease);
}

SpeakerChoice::SpeakerChoice(std::size_t places) : count_{places} {
    BEFFROI_ASSERT(places >= 1 && places <= kMostSpeakers);
}

void SpeakerChoice::update(std::span<Voice* const> voices, std::uint64_t now) noexcept {
    releaseSilent(now);
    for (auto* voice : voices) {
        if (voice->place || voice->silenced || voice->loudness <= kSpeech) continue;
        const auto place = placeFor(*voice);
        if (!place) continue;
        if (places_[*place] != nullptr) places_[*place]->place.reset();
        places_[*place] = voice;
        voice->place = place;
        voice->keepsUntil = now + kHold;
    }
}

void SpeakerChoice::forget(Voice& voice) noexcept {
    if (voice.place) places_[*voice.place] = nullptr;
    voice.place.reset();
}

void SpeakerChoice::releaseSilent(std::uint64_t now) noexcept {
    for (auto& holder : places_) {
        if (holder == nullptr) continue;
        if (holder->loudness > kSpeech) holder->keepsUntil = now + kHold;
        if (holder->silenced || now > holder->keepsUntil) {
            holder->place.reset();
            holder = nullptr;
        }
    }
}

std::optional<std::size_t> SpeakerChoice::placeFor(const Voice& voice) const noexcept {
    std::size_t weakest = 0;
    for (std::size_t place = 0; place < count_; ++place) {
        if (places_[place] == nullptr) return place;
        if (places_[place]->loudness < places_[weakest]->loudness) weakest = place;
    }
    if (places_[weakest]->loudness * kClearlyLouder < voice.loudness) return weakest;
    return std::nullopt;
}

}  // namespace beffroi::bridge
