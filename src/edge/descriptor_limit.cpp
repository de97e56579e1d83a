// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/descriptor_limit.hpp"

#include "base/log.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace beffroi::edge {
namespace {

constexpr log::Area kLog{"edge.connection"};

}  // namespace

std::size_t connectionsThatFit(std::size_t limit, std::size_t listeners) noexcept {
    const auto others = kOtherDescriptors + listeners;
    return limit > others ? limit - others : 1;
}

std::size_t provideForConnections(std::size_t connections, std::size_t listeners) {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return connections;
    const auto needed = static_cast<rlim_t>(connections + listeners + kOtherDescriptors);
    if (limit.rlim_cur < needed && limit.rlim_cur < limit.rlim_max) {
        const rlimit raised{std::min(needed, limit.rlim_max), limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
    }
    const auto fit = connectionsThatFit(static_cast<std::size_t>(limit.rlim_cur), listeners);
    if (fit >= connections) return connections;
    log::warning(kLog, "fewer connections than configured: the process may not have more descriptors",
                 {{"configured", connections}, {"possible", fit}, {"descriptors", std::size_t{limit.rlim_cur}}});
    return fit;
}

}  // namespace beffroi::edge
