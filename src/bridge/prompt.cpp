// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Tones are computed when they are played: a chime costs less than keeping it at two rates.

#include "bridge/prompt.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>

namespace beffroi::bridge {
namespace {

constexpr double kFade = 0.005;  // seconds: no clicks at the ends of a note
constexpr double kDecay = 0.18;  // seconds to 1/e for a ringing note

double envelope(const Note& note, double at, double length) {
    const double fade = std::min({1.0, at / kFade, (length - at) / kFade});
    return std::max(0.0, fade) * (note.ringing ? std::exp(-at / kDecay) : 1.0);
}

}  // namespace

TonePrompt::TonePrompt(std::vector<Note> notes, double amplitude) : notes_{std::move(notes)}, amplitude_{amplitude} {
    std::size_t total = 0;
    for (const auto& note : notes_) total += note.milliseconds;
    frames_ = (total + 9) / 10;
}

void TonePrompt::render(std::size_t frame, PcmRate rate, Frame& out) const {
    const auto count = frameSamples(rate);
    for (std::size_t i = 0; i < count; ++i) {
        const auto at = static_cast<double>(frame * count + i) / static_cast<double>(static_cast<std::uint32_t>(rate));
        out[i] = static_cast<Sample>(std::lrint(std::clamp(sampleAt(at), -32767.0, 32767.0)));
    }
}

double TonePrompt::sampleAt(double seconds) const {
    for (const auto& note : notes_) {
        const double length = note.milliseconds / 1000.0;
        if (seconds < length) {
            double wave = 0.0;
            for (const double hertz : {note.hertz, note.secondHertz}) {
                if (hertz > 0.0) wave += std::sin(2.0 * std::numbers::pi * hertz * seconds);
            }
            return amplitude_ * envelope(note, seconds, length) * wave;
        }
        seconds -= length;
    }
    return 0.0;
}

std::shared_ptr<const Prompt> keyTone(char digit) {
    constexpr std::string_view kKeys = "123A456B789C*0#D";
    constexpr std::uint16_t kRows[] = {697, 770, 852, 941};
    constexpr std::uint16_t kColumns[] = {1209, 1336, 1477, 1633};
    const auto key = kKeys.find(digit);
    if (key == std::string_view::npos) return nullptr;
    return std::make_shared<TonePrompt>(std::vector{Note{kRows[key / 4], kColumns[key % 4], 200, false}}, 5000.0);
}

}  // namespace beffroi::bridge
