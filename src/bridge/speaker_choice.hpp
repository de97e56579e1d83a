// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who is heard: of all members the few that speak. A speaker keeps the place for a while after the last word, and loses
// it earlier only to somebody clearly louder, so that places do not flutter with every syllable.
// Thread: the one that mixes.
#pragma once

#include "bridge/pcm.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace beffroi::bridge {

/// What the choice knows of one member.
struct Voice {
    float loudness = 0.0F;  // mean square, rising at once and falling slowly
    bool silenced = false;  // muted or on hold: never a speaker
    std::optional<std::size_t> place;
    std::uint64_t keepsUntil = 0;  // frame number

    /// Takes the loudness of one frame; 0 if none came.
    void heard(float frameLoudness) noexcept;
};

inline constexpr std::size_t kMostSpeakers = 8;

class SpeakerChoice {
public:
    /// `places` is at most kMostSpeakers.
    explicit SpeakerChoice(std::size_t places);

    /// Fills the places from `voices`, at frame number `now`.
    void update(std::span<Voice* const> voices, std::uint64_t now) noexcept;
    /// The member leaves: the place is free at once.
    void forget(Voice& voice) noexcept;

    [[nodiscard]] std::size_t places() const noexcept { return count_; }
    [[nodiscard]] Voice* at(std::size_t place) const noexcept { return places_[place]; }

private:
    void releaseSilent(std::uint64_t now) noexcept;
    [[nodiscard]] std::optional<std::size_t> placeFor(const Voice& voice) const noexcept;

    std::size_t count_;
    std::array<Voice*, kMostSpeakers> places_{};
};

}  // namespace beffroi::bridge
