// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the administrator decided about registrations.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace beffroi::registrar {

struct RegistrarSettings {
    std::string domain;  // of every address-of-record in the store
    std::chrono::seconds minimumExpires{60};
    std::chrono::seconds maximumExpires{7200};
    std::chrono::seconds defaultExpires{3600};
    std::size_t maximumContacts = 5;      // of one extension
    std::chrono::seconds flowTimer{120};  // between keep-alives of telephones that watch over their flows
};

}  // namespace beffroi::registrar
