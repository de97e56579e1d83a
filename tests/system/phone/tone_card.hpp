// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The sound card of a test telephone: its microphone hears one endless tone, its loudspeaker is a ring buffer in which
// one looks for the tones of others. It exists so that a headless machine tells exactly what a user would hear.
// Threads: the filters run in mediastreamer2's tickers; all else may be called from any thread.
#pragma once

#include <mediastreamer2/mssndcard.h>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace beffroi::test {

class ToneCard {
public:
    /// What the loudspeaker played: mono, at `rate`.
    struct Heard {
        int rate = 8000;
        std::vector<std::int16_t> samples;
    };

    static constexpr int kSecondsKept = 20;

    ToneCard(double hertz, double amplitude);

    void setTone(double hertz, double amplitude);

    /// Forgets what was played before now; what follows is played into an empty buffer.
    void mark();
    /// The last `milliseconds` played since the mark; fewer if less was played.
    [[nodiscard]] Heard heard(int milliseconds) const;

    /// A card for the sound card manager of one core; this object must outlive it.
    [[nodiscard]] MSSndCard* makeCard();

    // For the filters.
    void record(int rate, const std::int16_t* samples, std::size_t count);
    void generate(int rate, std::int16_t* samples, std::size_t count);

private:
    mutable std::mutex mutex_;
    double hertz_;
    double amplitude_;
    double phase_ = 0;
    int rate_ = 8000;
    std::vector<std::int16_t> ring_;  // since the mark; the oldest second goes when it is full
};

}  // namespace beffroi::test
