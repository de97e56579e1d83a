// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The order of one frame: read, choose, convert, sum, hand out.

#include "bridge/room_mixer.hpp"

#include <algorithm>

namespace beffroi::bridge {
namespace {

constexpr std::size_t kMostPrompts = 4;

}  // namespace

void RoomMixer::add(Party& party) {
    parties_.push_back(&party);
    voices_.push_back(&party.voice);
    ++bus(party.rate).parties;
}

void RoomMixer::remove(Party& party) noexcept {
    const auto found = std::find(parties_.begin(), parties_.end(), &party);
    if (found == parties_.end()) return;
    const auto index = found - parties_.begin();
    choice_.forget(party.voice);
    std::replace(speaking_.begin(), speaking_.end(), &party, static_cast<Party*>(nullptr));
    parties_[static_cast<std::size_t>(index)] = parties_.back();
    voices_[static_cast<std::size_t>(index)] = voices_.back();
    parties_.pop_back();
    voices_.pop_back();
    --bus(party.rate).parties;
}

void RoomMixer::play(std::shared_ptr<const Prompt> prompt) {
    if (!prompt || prompts_.size() >= kMostPrompts) return;
    const auto waiting = prompts_.empty() ? prompts_.begin() : prompts_.begin() + (promptFrame_ == 0 ? 0 : 1);
    if (std::find(waiting, prompts_.end(), prompt) != prompts_.end()) return;
    prompts_.push_back(std::move(prompt));
}

void RoomMixer::mix() noexcept {
    ++frame_;
    readInputs();
    if (frame_ % 2 == 0) chooseSpeakers();
    convertSpeakers();
    if (narrow_.parties != 0) fill(narrow_);
    if (wide_.parties != 0) fill(wide_);
    if (!prompts_.empty() && ++promptFrame_ >= prompts_.front()->frames()) {
        prompts_.pop_front();
        promptFrame_ = 0;
    }
}

void RoomMixer::readInputs() noexcept {
    for (auto* party : parties_) {
        const auto got = party->input.read(party->spoken);
        party->voice.heard(got == InputBuffer::Got::Nothing ? 0.0F : meanSquare(samplesOf(party->spoken, party->rate)));
    }
}

void RoomMixer::chooseSpeakers() noexcept {
    choice_.update(voices_, frame_);
    for (std::size_t place = 0; place < choice_.places(); ++place) {
        auto* party = partyAt(place);
        if (party == speaking_[place]) continue;
        speaking_[place] = party;
        if (party != nullptr) party->converter.reset();
    }
}

Party* RoomMixer::partyAt(std::size_t place) const noexcept {
    const auto* voice = choice_.at(place);
    if (voice == nullptr) return nullptr;
    const auto found = std::find(voices_.begin(), voices_.end(), voice);
    return found == voices_.end() ? nullptr : parties_[static_cast<std::size_t>(found - voices_.begin())];
}

void RoomMixer::convertSpeakers() noexcept {
    for (auto* party : speaking_) {
        if (party == nullptr) continue;
        if (party->rate == PcmRate::Narrow && wide_.parties != 0)
            party->converter.widen(party->spoken, party->converted);
        if (party->rate == PcmRate::Wide && narrow_.parties != 0)
            party->converter.narrow(party->spoken, party->converted);
    }
}

void RoomMixer::fill(Bus& to) noexcept {
    to.sum.clear();
    for (const auto* party : speaking_) {
        if (party != nullptr) to.sum.add(samplesOf(spokenAt(*party, to.rate), to.rate));
    }
    addPrompt(to);
    to.sum.write(to.listeners);
    for (std::size_t place = 0; place < choice_.places(); ++place) {
        const auto* party = speaking_[place];
        if (party == nullptr) continue;
        if (hearing_ == Hearing::OneselfToo) {
            to.speakers[place] = to.listeners;
        } else {
            to.sum.writeWithout(samplesOf(spokenAt(*party, to.rate), to.rate), to.speakers[place]);
        }
    }
}

void RoomMixer::addPrompt(Bus& to) noexcept {
    if (prompts_.empty()) return;
    Frame frame{};
    prompts_.front()->render(promptFrame_, to.rate, frame);
    to.sum.add(samplesOf(frame, to.rate));
}

}  // namespace beffroi::bridge
