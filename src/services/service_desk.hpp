// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Where calls to the bridge arrive: each goes to the service that its URI names.
// Thread: loop.
#pragma once

#include "bridge/call.hpp"

#include <map>
#include <string>

namespace beffroi::services {

class ServiceDesk final : public bridge::CallTaker {
public:
    /// `service` outlives the desk.
    void add(std::string name, bridge::CallTaker& service) { services_.emplace(std::move(name), service); }

    /// 404 for a service that there is not.
    [[nodiscard]] std::variant<std::unique_ptr<bridge::Call>, bridge::Refusal> take(bridge::CallRequest request)
        BEFFROI_ON_LOOP override;

private:
    std::map<std::string, bridge::CallTaker&, std::less<>> services_;
};

}  // namespace beffroi::services
