// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/room_service.hpp"

namespace beffroi::services {

std::variant<std::unique_ptr<bridge::Call>, bridge::Refusal> RoomService::take(bridge::CallRequest request) {
    const auto room = open(request.extension);
    if (request.members && room->members().size() >= *request.members) {
        return bridge::Refusal{486, "the room is full"};
    }
    if (room->hub().thread().load() > bridge::kFullLoad) return bridge::Refusal{503, "the bridge is busy"};
    auto member = std::make_unique<RoomMember>(room, std::move(request), prompts_, parts_.scheduler);
    if (!member->open(parts_)) return bridge::Refusal{503, "no port is free"};
    return member;
}

std::shared_ptr<Room> RoomService::open(const std::string& extension) {
    std::erase_if(rooms_, [](const auto& entry) { return entry.second.expired(); });
    auto& known = rooms_[extension];
    if (auto room = known.lock()) return room;
    auto room = std::make_shared<Room>(extension, engine_.idlest());
    known = room;
    return room;
}

std::vector<std::shared_ptr<const Room>> RoomService::rooms() const {
    std::vector<std::shared_ptr<const Room>> open;
    for (const auto& [extension, known] : rooms_) {
        if (auto room = known.lock()) open.push_back(std::move(room));
    }
    return open;
}

}  // namespace beffroi::services
