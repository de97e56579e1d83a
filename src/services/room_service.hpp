// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The conference rooms: a room opens when the first member calls its extension and closes with the last one. Which
// extensions are rooms, and how many members one may have, the exchange says with each call.
// Thread: loop.
#pragma once

#include "bridge/call.hpp"
#include "bridge/media_thread.hpp"
#include "services/line.hpp"
#include "services/room.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace beffroi::services {

class RoomService final : public bridge::CallTaker {
public:
    RoomService(bridge::MediaEngine& engine, const LineParts& parts, RoomPrompts prompts)
        : engine_{engine}, parts_{parts}, prompts_{std::move(prompts)} {}

    /// 486 if the room is full, 503 while its media thread is busy or no port is left.
    [[nodiscard]] std::variant<std::unique_ptr<bridge::Call>, bridge::Refusal> take(bridge::CallRequest request)
        BEFFROI_ON_LOOP override;

    /// The rooms that are open, by extension.
    [[nodiscard]] std::vector<std::shared_ptr<const Room>> rooms() const BEFFROI_ON_LOOP;

private:
    [[nodiscard]] std::shared_ptr<Room> open(const std::string& extension) BEFFROI_ON_LOOP;

    bridge::MediaEngine& engine_;
    LineParts parts_;
    RoomPrompts prompts_;
    std::map<std::string, std::weak_ptr<Room>> rooms_;  // members hold them
};

}  // namespace beffroi::services
