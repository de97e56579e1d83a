// SPDX-License-Identifier: AGPL-3.0-or-later
#include "auth/certificate_identity.hpp"

namespace beffroi::auth {

const Device* deviceByCertificate(const sip::Message& request, const std::vector<std::string>& names,
                                  const DirectorySnapshot& directory) {
    if (names.empty() || request.header("Authorization") || request.header("Proxy-Authorization")) return nullptr;
    const auto user = request.from().uri.userUnescaped();
    const Device* first = nullptr;
    for (const auto& name : names) {
        const auto* device = directory.deviceOfCertificate(name);
        if (device == nullptr) continue;
        if (user == device->account || user == device->extension) return device;
        if (first == nullptr) first = device;
    }
    return first;
}

}  // namespace beffroi::auth
