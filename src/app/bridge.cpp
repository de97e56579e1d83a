// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/bridge.hpp"

#include "admin/admin_options.hpp"
#include "base/assert.hpp"
#include "base/log.hpp"
#include "beffroi/announcements.hpp"
#include "bridge/bridge_options.hpp"
#include "bridge/datagram_socket.hpp"
#include "bridge/wave_prompt.hpp"
#include "services/speech.hpp"

#include <cerrno>
#include <string_view>
#include <system_error>

namespace beffroi::app {
namespace {

constexpr log::Area kLog{"bridge"};
constexpr Clock::Duration kMediaWatch = 3s;
constexpr Clock::Duration kDrain = 500ms;  // a BYE on loopback is answered long before

bridge::ChannelSource channelSource(const config::Settings& settings, base::Random& random) {
    const auto range = bridge::parsePortRange(settings[bridge::kMediaPorts]).value_or(bridge::PortRange{});
    const auto address = SocketAddress::parse(settings[bridge::kMediaAddress], 0).value_or(SocketAddress{});
    // No mistake of the file: the network may be late, and systemd tries again.
    const int probe = bridge::openDatagramSocket(address);
    if (probe < 0) throw std::system_error{errno, std::generic_category(), "voice on " + address.host()};
    bridge::closeSocket(probe);
    return {address, bridge::PortPool{range, random.number()}};
}

bridge::UserAgentSettings userAgentSettings(const config::Settings& settings) {
    bridge::UserAgentSettings result;
    result.listen = SocketAddress::parseWithPort(settings[bridge::kSipAddress]).value_or(SocketAddress{});
    for (const auto& text : settings[bridge::kExchange]) {
        if (const auto address = SocketAddress::parse(text, 0)) result.exchange.push_back(*address);
    }
    return result;
}

constexpr std::string_view kRoomWelcome = "room-welcome";

/// What is missing is told once, at the start: callers hear a tone of their telephone instead.
services::PromptShelf readPrompts(const config::Settings& settings) {
    const auto& folder = settings[bridge::kPrompts];
    if (folder.empty()) return {};
    try {
        auto shelf = services::PromptShelf::read(folder);
        auto wanted = services::valuePrompts();
        wanted.insert(wanted.end(), announcements::kAll.begin(), announcements::kAll.end());
        wanted.emplace_back(kRoomWelcome);
        for (const auto& name : wanted) {
            if (shelf.find(name)) continue;
            log::warning(kLog, "a prompt is missing and will not be played", {{"file", folder + '/' + name + ".wav"}});
        }
        return shelf;
    } catch (const bridge::PromptError& error) {
        throw settings.wrong(bridge::kPrompts, error.what());
    }
}

services::RoomPrompts roomPrompts(const services::PromptShelf& shelf) {
    auto prompts = services::chimes();
    prompts.welcome = shelf.find(kRoomWelcome);
    return prompts;
}

}  // namespace

Bridge::Bridge(base::EventLoop& loop, base::SystemClock& clock, const config::Settings& settings)
    : engine_{clock, {settings[bridge::kMediaThreads]}},
      channels_{channelSource(settings, random_)},
      lineParts_{loop, loop.scheduler(), channels_, [this] { return static_cast<std::uint32_t>(random_.number()); },
                 settings[bridge::kRtpTimeout]},
      prompts_{readPrompts(settings)},
      rooms_{engine_, lineParts_, roomPrompts(prompts_)},
      echo_{engine_, lineParts_},
      announcements_{engine_, lineParts_, prompts_},
      userAgent_{loop, userAgentSettings(settings), desk_},
      control_{settings[admin::kBridgeSocket], {loop, clock, engine_, rooms_, userAgent_}},
      mediaWatch_{loop.scheduler(),
                  [this] {
                      assertOnLoop();
                      watchMedia();
                  }},
      drainTimer_{loop.scheduler(), [this] { onDrained_(); }} {
    assertOnLoop();
    desk_.add("room", rooms_);
    desk_.add("echo", echo_);
    desk_.add("announcement", announcements_);
    watchMedia();
    log::info(kLog, "listening", {{"on", userAgent_.stack().address().toString()}});
}

Bridge::~Bridge() = default;

void Bridge::drain(std::function<void()> done) {
    if (onDrained_) return;
    onDrained_ = std::move(done);
    log::info(kLog, "ending calls", {{"calls", userAgent_.calls()}});
    userAgent_.drain();
    drainTimer_.start(kDrain);
}

/// A media thread whose ticks stand still is stuck in a library: members hear nothing and cannot leave. Start anew.
/// Once is no proof: after a pause of the whole machine the loop may look before the thread has run again.
void Bridge::watchMedia() {
    const auto& threads = engine_.threads();
    ticks_.resize(threads.size());
    standing_.resize(threads.size());
    for (std::size_t i = 0; i < threads.size(); ++i) {
        const auto ticks = threads[i]->ticks();
        standing_[i] = ticks == ticks_[i] ? standing_[i] + 1 : 0;
        ticks_[i] = ticks;
        BEFFROI_ASSERT(standing_[i] < 2);
    }
    mediaWatch_.start(kMediaWatch);
}

}  // namespace beffroi::app
