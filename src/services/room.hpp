// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A conference room while somebody is in it, and its members. Who comes in first hears alone, in a lobby, that this is
// a conference, and is then let in with a chime that all hear; who goes is followed by another one. Thread: loop.
#pragma once

#include "bridge/call.hpp"
#include "bridge/hub.hpp"
#include "bridge/prompt.hpp"
#include "services/line.hpp"

#include <memory>
#include <string>
#include <vector>

namespace beffroi::services {

/// What is played in rooms; nothing for one that is not.
struct RoomPrompts {
    std::shared_ptr<const bridge::Prompt> welcome;   // to who comes, alone
    std::shared_ptr<const bridge::Prompt> entering;  // to all
    std::shared_ptr<const bridge::Prompt> leaving;
};

/// The chimes of Beffroi's rooms: up for who comes, down for who goes.
[[nodiscard]] RoomPrompts chimes();

class RoomMember;

class Room {
public:
    Room(std::string extension, bridge::MediaThread& thread);

    [[nodiscard]] const std::string& extension() const noexcept { return extension_; }
    [[nodiscard]] bridge::Hub& hub() noexcept { return hub_; }
    [[nodiscard]] const std::vector<RoomMember*>& members() const noexcept { return members_; }

    void add(RoomMember& member) { members_.push_back(&member); }
    void remove(const RoomMember& member);

private:
    std::string extension_;
    bridge::Hub hub_;
    std::vector<RoomMember*> members_;
};

/// One call to a room. Holds the room: it ends with its last member.
class RoomMember final : public bridge::Call {
public:
    RoomMember(std::shared_ptr<Room> room, bridge::CallRequest request, const RoomPrompts& prompts,
               Scheduler& scheduler);
    ~RoomMember() override;

    /// False if there is no port left.
    [[nodiscard]] bool open(const LineParts& parts) BEFFROI_ON_LOOP;

    [[nodiscard]] std::variant<std::string, bridge::Refusal> answer(std::string_view offer) BEFFROI_ON_LOOP override;
    [[nodiscard]] std::string offer() BEFFROI_ON_LOOP override { return line_->offer(); }
    [[nodiscard]] std::optional<bridge::Refusal> takeAnswer(std::string_view answer) BEFFROI_ON_LOOP override;
    void digit(char key) BEFFROI_ON_LOOP override;

    [[nodiscard]] const bridge::CallRequest& request() const noexcept { return request_; }
    [[nodiscard]] const bridge::CallMedia& media() const noexcept { return line_->media(); }
    [[nodiscard]] bool inLobby() const noexcept { return lobby_ != nullptr; }
    /// The keys pressed last, the newest at the end.
    [[nodiscard]] const std::string& digits() const noexcept { return digits_; }
    [[nodiscard]] Clock::TimePoint since() const noexcept { return since_; }

private:
    void welcome() BEFFROI_ON_LOOP;
    void enter() BEFFROI_ON_LOOP;

    std::shared_ptr<Room> room_;
    bridge::CallRequest request_;
    const RoomPrompts& prompts_;
    Clock::TimePoint since_;
    std::string digits_;
    bool welcomed_ = false;
    std::unique_ptr<bridge::Hub> lobby_;
    std::unique_ptr<Line> line_;  // leaves the hubs before they go
    Timer welcomeEnd_;
};

}  // namespace beffroi::services
