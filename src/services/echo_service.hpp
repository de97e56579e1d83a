// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The echo test: a caller hears what arrives of their own voice, and each key as its tone. Who hears nothing, or hears
// it late, knows which way is broken.
// Thread: loop.
#pragma once

#include "bridge/call.hpp"
#include "bridge/media_thread.hpp"
#include "services/line.hpp"

namespace beffroi::services {

class EchoService final : public bridge::CallTaker {
public:
    EchoService(bridge::MediaEngine& engine, const LineParts& parts) : engine_{engine}, parts_{parts} {}

    /// 503 while the media threads are busy or no port is left.
    [[nodiscard]] std::variant<std::unique_ptr<bridge::Call>, bridge::Refusal> take(bridge::CallRequest request)
        BEFFROI_ON_LOOP override;

private:
    bridge::MediaEngine& engine_;
    LineParts parts_;
};

}  // namespace beffroi::services
