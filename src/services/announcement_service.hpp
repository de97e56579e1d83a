// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Announcements: a caller hears prompts one after the other, then the call is over. A confirmation is a call that is
// answered; what is said of a call that goes nowhere is early media, after which the call is refused.
// Thread: loop.
#pragma once

#include "bridge/call.hpp"
#include "bridge/media_thread.hpp"
#include "services/line.hpp"
#include "services/prompt_shelf.hpp"

namespace beffroi::services {

class AnnouncementService final : public bridge::CallTaker {
public:
    /// `shelf` outlives the service.
    AnnouncementService(bridge::MediaEngine& engine, const LineParts& parts, const PromptShelf& shelf)
        : engine_{engine}, parts_{parts}, shelf_{shelf} {}

    /// 400 if nothing that can be said is asked for, 404 if there is no prompt of that name, 503 while the media
    /// threads are busy or no port is left.
    [[nodiscard]] std::variant<std::unique_ptr<bridge::Call>, bridge::Refusal> take(bridge::CallRequest request)
        BEFFROI_ON_LOOP override;

private:
    bridge::MediaEngine& engine_;
    LineParts parts_;
    const PromptShelf& shelf_;
};

}  // namespace beffroi::services
