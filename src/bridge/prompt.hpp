// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Something that a room plays to everybody in it. A prompt is asked for its frames by number and at either rate, so one
// object serves narrow and wide listeners alike and may be shared by rooms.
// Thread: any; prompts do not change.
#pragma once

#include "bridge/pcm.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace beffroi::bridge {

class Prompt {
public:
    virtual ~Prompt() = default;
    /// How many frames of 10 ms it lasts.
    [[nodiscard]] virtual std::size_t frames() const = 0;
    virtual void render(std::size_t frame, PcmRate rate, Frame& out) const = 0;
};

/// One note: one or two frequencies together (0: none), loud at first and dying away like a bell if `ringing`.
struct Note {
    std::uint16_t hertz = 0;
    std::uint16_t secondHertz = 0;
    std::uint16_t milliseconds = 0;
    bool ringing = false;
};

/// A prompt made of notes.
class TonePrompt final : public Prompt {
public:
    /// `amplitude` is the peak of one frequency, 0 to 16000.
    TonePrompt(std::vector<Note> notes, double amplitude);

    [[nodiscard]] std::size_t frames() const override { return frames_; }
    void render(std::size_t frame, PcmRate rate, Frame& out) const override;

private:
    [[nodiscard]] double sampleAt(double seconds) const;

    std::vector<Note> notes_;
    double amplitude_;
    std::size_t frames_ = 0;
};

/// The tones of a telephone key (ITU-T Q.23); nothing for what is not a key.
[[nodiscard]] std::shared_ptr<const Prompt> keyTone(char digit);

}  // namespace beffroi::bridge
