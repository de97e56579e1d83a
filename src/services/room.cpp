// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/room.hpp"

#include "base/log.hpp"

#include <algorithm>

namespace beffroi::services {
namespace {

constexpr log::Area kLog{"room"};
constexpr std::size_t kMostDigits = 32;  // kept for the administrator's eyes
constexpr double kChime = 4000.0;        // soft beside a voice

}  // namespace

RoomPrompts chimes() {
    using bridge::Note;
    const std::vector<Note> up{{587, 0, 160, true}, {880, 0, 320, true}};
    const std::vector<Note> down{{880, 0, 160, true}, {587, 0, 320, true}};
    return {nullptr, std::make_shared<bridge::TonePrompt>(up, kChime),
            std::make_shared<bridge::TonePrompt>(down, kChime)};
}

Room::Room(std::string extension, bridge::MediaThread& thread)
    : extension_{std::move(extension)}, hub_{thread, bridge::kMostSpeakers, bridge::Hearing::Others} {}

void Room::remove(const RoomMember& member) {
    members_.erase(std::remove(members_.begin(), members_.end(), &member), members_.end());
}

RoomMember::RoomMember(std::shared_ptr<Room> room, bridge::CallRequest request, const RoomPrompts& prompts,
                       Scheduler& scheduler)
    : room_{std::move(room)},
      request_{std::move(request)},
      prompts_{prompts},
      since_{scheduler.clock().now()},
      welcomeEnd_{scheduler, [this] {
                      assertOnLoop();
                      enter();
                  }} {
    room_->add(*this);
}

RoomMember::~RoomMember() {
    assertOnLoop();
    const bool heardAll = welcomed_ && !inLobby();
    line_.reset();
    lobby_.reset();
    room_->remove(*this);
    if (heardAll && !room_->members().empty()) room_->hub().play(prompts_.leaving);
    if (!welcomed_) return;
    log::info(kLog, "left",
              {{"call", request_.callId}, {"room", room_->extension()}, {"members", room_->members().size()}});
}

bool RoomMember::open(const LineParts& parts) {
    if (prompts_.welcome) {
        lobby_ = std::make_unique<bridge::Hub>(room_->hub().thread(), 1, bridge::Hearing::Others);
    }
    line_ = Line::open(
        parts, lobby_ ? *lobby_ : room_->hub(),
        [this](char key) {
            assertOnLoop();
            digit(key);
        },
        request_.hangUp);
    return line_ != nullptr;
}

std::variant<std::string, bridge::Refusal> RoomMember::answer(std::string_view offer) {
    auto answered = line_->answer(offer);
    if (std::holds_alternative<std::string>(answered)) welcome();
    return answered;
}

std::optional<bridge::Refusal> RoomMember::takeAnswer(std::string_view answer) {
    auto refused = line_->takeAnswer(answer);
    if (!refused) welcome();
    return refused;
}

void RoomMember::welcome() {
    if (std::exchange(welcomed_, true)) return;
    log::info(kLog, "entered",
              {{"call", request_.callId},
               {"room", room_->extension()},
               {"caller", request_.caller},
               {"members", room_->members().size()}});
    if (!lobby_) return enter();
    lobby_->play(prompts_.welcome);
    welcomeEnd_.start(prompts_.welcome->frames() * bridge::kFrameTime);
}

void RoomMember::enter() {
    if (lobby_) {
        line_->media().moveTo(room_->hub());
        lobby_.reset();
    }
    room_->hub().play(prompts_.entering);
}

void RoomMember::digit(char key) {
    digits_.push_back(key);
    if (digits_.size() > kMostDigits) digits_.erase(0, 1);
}

}  // namespace beffroi::services
