// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One entry for each command; their names and fields are described in tests/system/README.md.

#include "command_line.hpp"

#include "tone_level.hpp"

#include <cmath>
#include <stdexcept>
#include <utility>

namespace beffroi::test {
namespace {

using nlohmann::json;

int callOf(const json& request) { return request.at("call").get<int>(); }

json levels(const ToneCard::Heard& heard, const std::vector<double>& tones) {
    auto result = json::array();
    for (const double tone : tones) result.push_back(std::lround(toneLevel(heard.samples, heard.rate, tone)));
    return result;
}

}  // namespace

CommandLine::CommandLine(Print print) : print_{std::move(print)} {
    addPhoneCommands();
    addCallCommands();
    addSoundCommands();
    commands_["quit"] = [this](const json&, json&) { quit_ = true; };
}

void CommandLine::carryOut(const std::string& line) {
    json reply{{"ok", true}};
    try {
        const auto request = json::parse(line);
        reply["reply"] = request.value("id", json{});
        const auto command = commands_.find(request.at("do").get<std::string>());
        if (command == commands_.end()) throw std::runtime_error{"no such command"};
        command->second(request, reply);
    } catch (const std::exception& error) {
        reply["ok"] = false;
        reply["error"] = error.what();
    }
    print_(reply);
}

void CommandLine::iterate() {
    for (const auto& [name, phone] : phones_) phone->iterate();
}

Telephone& CommandLine::phone(const json& request) const {
    const auto found = phones_.find(request.at("phone").get<std::string>());
    if (found == phones_.end()) throw std::runtime_error{"no such phone"};
    return *found->second;
}

void CommandLine::create(const json& request, json& reply) {
    Telephone::Setup setup;
    setup.name = request.at("phone").get<std::string>();
    setup.number = request.value("number", setup.name);
    setup.domain = request.value("domain", std::string{"127.0.0.1"});
    setup.account = request.value("account", setup.number);
    setup.password = request.value("password", std::string{});
    setup.algorithm = request.value("algorithm", std::string{});
    setup.server = request.value("server", std::string{});
    setup.transport = request.value("transport", setup.transport);
    setup.authority = request.value("authority", std::string{});
    setup.codecs = request.value("codecs", setup.codecs);
    setup.tone = request.value("tone", setup.tone);
    setup.amplitude = request.value("amplitude", setup.amplitude);
    setup.firstRtpPort = request.value("first-rtp-port", setup.firstRtpPort);
    setup.lastRtpPort = request.value("last-rtp-port", setup.lastRtpPort);
    setup.expires = request.value("expires", setup.expires);
    setup.ipv6 = request.value("ipv6", setup.ipv6);
    if (phones_.contains(setup.name)) throw std::runtime_error{"there is a phone of that name"};
    const auto name = setup.name;
    const auto& made = phones_.emplace(name, std::make_unique<Telephone>(std::move(setup), print_)).first->second;
    reply["port"] = made->port();
}

void CommandLine::addPhoneCommands() {
    commands_["create"] = [this](const json& request, json& reply) { create(request, reply); };
    commands_["destroy"] = [this](const json& request, json&) {
        if (phones_.erase(request.at("phone").get<std::string>()) == 0) throw std::runtime_error{"no such phone"};
    };
    commands_["register"] = [this](const json& request, json&) { phone(request).startRegistering(); };
    commands_["unregister"] = [this](const json& request, json&) { phone(request).stopRegistering(); };
}

void CommandLine::addCallCommands() {
    commands_["call"] = [this](const json& request, json& reply) {
        reply["call"] = phone(request).call(request.at("to").get<std::string>());
    };
    commands_["answer"] = [this](const json& request, json&) { phone(request).answer(callOf(request)); };
    commands_["decline"] = [this](const json& request, json&) {
        phone(request).decline(callOf(request), request.value("status", 486));
    };
    commands_["hang-up"] = [this](const json& request, json&) { phone(request).hangUp(callOf(request)); };
    commands_["hold"] = [this](const json& request, json&) { phone(request).hold(callOf(request)); };
    commands_["resume"] = [this](const json& request, json&) { phone(request).resume(callOf(request)); };
    commands_["digits"] = [this](const json& request, json&) {
        phone(request).sendDigits(callOf(request), request.at("digits").get<std::string>());
    };
    commands_["statistics"] = [this](const json& request, json& reply) {
        reply["statistics"] = phone(request).statistics(callOf(request));
    };
}

void CommandLine::addSoundCommands() {
    commands_["tone"] = [this](const json& request, json&) {
        phone(request).sound().setTone(request.at("tone").get<double>(), request.value("amplitude", 6000.0));
    };
    commands_["mark"] = [this](const json& request, json&) { phone(request).sound().mark(); };
    commands_["listen"] = [this](const json& request, json& reply) {
        const auto heard = phone(request).sound().heard(request.value("milliseconds", 500));
        reply["milliseconds"] = heard.samples.size() * 1000 / static_cast<std::size_t>(heard.rate);
        reply["loudness"] = std::lround(loudness(heard.samples));
        reply["levels"] = levels(heard, request.value("tones", std::vector<double>{}));
    };
    commands_["envelope"] = [this](const json& request, json& reply) {
        const auto heard = phone(request).sound().heard(1000 * ToneCard::kSecondsKept);
        const auto step = static_cast<std::ptrdiff_t>(heard.rate / 50);
        auto& steps = reply["envelope"] = json::array();
        for (auto at = heard.samples.begin(); heard.samples.end() - at >= step; at += step) {
            steps.push_back(std::lround(loudness({at, at + step})));
        }
    };
}

}  // namespace beffroi::test
