// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/bridge_control.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

namespace beffroi::app {
namespace {

using nlohmann::json;

long long secondsOf(Clock::Duration duration) {
    return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

std::string commandOf(const json& request) {
    const auto found = request.find("command");
    return found != request.end() && found->is_string() ? found->get<std::string>() : "";
}

json describe(const services::RoomMember& member, Clock::TimePoint now) {
    const auto& media = member.media();
    const auto& counters = media.counters();
    const auto& agreement = media.agreement();
    return {{"caller", member.request().caller},
            {"call_id", member.request().callId},
            {"since_seconds", secondsOf(now - member.since())},
            {"codec", agreement ? bridge::traits(agreement->codec).name : ""},
            {"on_hold", media.onHold()},
            {"in_lobby", member.inLobby()},
            {"digits", member.digits()},
            {"packets_in", counters.packetsIn.load()},
            {"packets_out", counters.packetsOut.load()},
            {"packets_lost", counters.packetsLost.load()},
            {"packets_of_strangers", counters.strangers.load()},
            {"packets_unusable", counters.unusable.load()}};
}

}  // namespace

BridgeControl::BridgeControl(const std::string& socket, const Parts& parts)
    : parts_{parts}, started_{parts.clock.now()}, server_{socket, [this](const json& request, auto respond) {
                                                              parts_.loop.post([this, request, respond] {
                                                                  assertOnLoop();
                                                                  respond(answer(request));
                                                              });
                                                          }} {}

json BridgeControl::answer(const json& request) const {
    const auto command = commandOf(request);
    if (command == "status") return status();
    if (command == "rooms") return rooms();
    return {{"error", "no such command"}};
}

json BridgeControl::status() const {
    json threads = json::array();
    for (const auto& thread : parts_.engine.threads()) threads.push_back({{"load_percent", thread->load()}});
    return {{"version", BEFFROI_VERSION},
            {"uptime_seconds", secondsOf(parts_.clock.now() - started_)},
            {"listening", parts_.userAgent.stack().address().toString()},
            {"calls", parts_.userAgent.calls()},
            {"rooms", parts_.rooms.rooms().size()},
            {"media_threads", std::move(threads)}};
}

json BridgeControl::rooms() const {
    json list = json::array();
    for (const auto& room : parts_.rooms.rooms()) {
        json members = json::array();
        for (const auto* member : room->members()) members.push_back(describe(*member, parts_.clock.now()));
        list.push_back({{"extension", room->extension()}, {"members", std::move(members)}});
    }
    return {{"rooms", std::move(list)}};
}

}  // namespace beffroi::app
