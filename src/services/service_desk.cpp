// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/service_desk.hpp"

namespace beffroi::services {

std::variant<std::unique_ptr<bridge::Call>, bridge::Refusal> ServiceDesk::take(bridge::CallRequest request) {
    const auto service = services_.find(request.service);
    if (service == services_.end()) return bridge::Refusal{404, "no such service"};
    return service->second.take(std::move(request));
}

}  // namespace beffroi::services
