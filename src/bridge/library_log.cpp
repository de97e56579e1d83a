// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bridge/library_log.hpp"

#include "base/log.hpp"

#include <bctoolbox/logging.h>

#include <array>
#include <cstdarg>
#include <cstdio>

namespace beffroi::bridge {
namespace {

constexpr log::Area kLog{"bridge.library"};

void takeEntry(const char* domain, BctbxLogLevel level, const char* format, va_list arguments) noexcept {
    if (level != BCTBX_LOG_ERROR && level != BCTBX_LOG_FATAL) return;
    std::array<char, 512> text{};
    std::vsnprintf(text.data(), text.size(), format, arguments);
    // oRTP's errors are about packets, of which a peer can send as many bad ones as they like.
    const std::string_view library = domain != nullptr ? domain : "";
    const auto write = library == "ortp" ? log::debug : log::warning;
    write(kLog, text.data(), {{"library", library}});
}

}  // namespace

void routeLibraryLogs() {
    bctbx_set_log_handler(takeEntry);
    for (const char* domain : {"bctbx", "belle-sip", "ortp", "mediastreamer"}) {
        bctbx_set_log_level(domain, BCTBX_LOG_ERROR);
    }
    bctbx_set_log_level(nullptr, BCTBX_LOG_ERROR);
}

}  // namespace beffroi::bridge
