// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The arithmetic of one room: takes 10 ms from every party, chooses who is heard, and makes one mix for each speaker
// (everybody but themselves) and one for all listeners, at the rates that somebody in the room needs. Knows nothing of
// codecs, packets and threads; its owner locks.
// Thread: one at a time.
#pragma once

#include "bridge/input_buffer.hpp"
#include "bridge/mix_bus.hpp"
#include "bridge/prompt.hpp"
#include "bridge/rate_converter.hpp"
#include "bridge/speaker_choice.hpp"

#include <deque>
#include <memory>
#include <vector>

namespace beffroi::bridge {

/// Somebody in a room, as the mixer sees them. Its owner keeps it alive and in place while it is in a mixer.
struct Party {
    explicit Party(PcmRate pcmRate) : rate{pcmRate}, input{pcmRate} {}

    PcmRate rate;
    InputBuffer input;
    Voice voice;
    Frame spoken{};     // this frame, at the party's own rate
    Frame converted{};  // and at the other one, while the party is a speaker and somebody needs it
    RateConverter converter;
};

enum class Hearing : std::uint8_t { Others, OneselfToo };

class RoomMixer {
public:
    /// Frames are counted from `firstFrame` on: mixers that count the same beat agree on when a frame was.
    RoomMixer(std::size_t places, Hearing hearing, std::uint64_t firstFrame = 0)
        : choice_{places}, hearing_{hearing}, frame_{firstFrame} {}

    void add(Party& party);
    void remove(Party& party) noexcept;

    /// Plays a prompt to all after those that are already waiting. One that is waiting already is not queued twice, and
    /// no more than four wait: fifty people who come at once are announced by one chime.
    void play(std::shared_ptr<const Prompt> prompt);

    /// Makes the next frame.
    void mix() noexcept;

    /// The number of the frame made last. Speakers change at even frames only, so that a packet of two frames, even and
    /// odd, is made of one mix.
    [[nodiscard]] std::uint64_t frame() const noexcept { return frame_; }
    [[nodiscard]] std::size_t places() const noexcept { return choice_.places(); }
    [[nodiscard]] const Voice* speaker(std::size_t place) const noexcept { return choice_.at(place); }

    /// What the speaker in `place` hears; only for a rate that some party has.
    [[nodiscard]] const Frame& forSpeaker(std::size_t place, PcmRate rate) const noexcept {
        return bus(rate).speakers[place];
    }
    [[nodiscard]] const Frame& forListeners(PcmRate rate) const noexcept { return bus(rate).listeners; }

private:
    struct Bus {
        explicit Bus(PcmRate pcmRate) : rate{pcmRate}, sum{pcmRate} {}
        PcmRate rate;
        MixBus sum;
        std::size_t parties = 0;  // that have this rate
        Frame listeners{};
        std::array<Frame, kMostSpeakers> speakers{};
    };
    [[nodiscard]] Bus& bus(PcmRate rate) noexcept { return rate == PcmRate::Narrow ? narrow_ : wide_; }
    [[nodiscard]] const Bus& bus(PcmRate rate) const noexcept { return rate == PcmRate::Narrow ? narrow_ : wide_; }
    [[nodiscard]] Party* partyAt(std::size_t place) const noexcept;

    void readInputs() noexcept;
    void chooseSpeakers() noexcept;
    void convertSpeakers() noexcept;
    void addPrompt(Bus& to) noexcept;
    void fill(Bus& to) noexcept;
    [[nodiscard]] static const Frame& spokenAt(const Party& party, PcmRate rate) noexcept {
        return party.rate == rate ? party.spoken : party.converted;
    }

    SpeakerChoice choice_;
    Hearing hearing_;
    std::vector<Party*> parties_;
    std::vector<Voice*> voices_;  // of parties_, in the same order
    std::array<Party*, kMostSpeakers> speaking_{};
    std::deque<std::shared_ptr<const Prompt>> prompts_;
    std::size_t promptFrame_ = 0;
    std::uint64_t frame_;
    Bus narrow_{PcmRate::Narrow};
    Bus wide_{PcmRate::Wide};
};

}  // namespace beffroi::bridge
