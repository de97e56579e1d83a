// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A registrar with a clock, a network and a disk of the test's own, and telephones that register with it.
#pragma once

#include "base/timer_wheel.hpp"
#include "registrar/registrar.hpp"
#include "support/fake_binding_store.hpp"
#include "support/fake_clock.hpp"
#include "support/sip_messages.hpp"
#include "support/wire.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace beffroi::test {

struct Register {
    std::vector<std::string> contacts;
    unsigned cseq = 1;
    std::string callId = "boot-1@192.0.2.10";
    std::string more;  // further header fields, each ended by CRLF
    std::string to = "<sip:2101@ville.example>";
    std::string uri = "sip:ville.example";
    Flow flow = udpFlow(10);
    std::string account = "2101-bureau";

    [[nodiscard]] sip::Message message() const {
        RequestText request;
        request.method = "REGISTER";
        request.uri = uri;
        request.from = "<sip:2101@ville.example>;tag=phone";
        request.to = to;
        request.callId = callId;
        request.cseq = cseq;
        for (const auto& contact : contacts) request.more.append("Contact: ").append(contact).append("\r\n");
        request.more.append(more);
        return readMessage(request.text());
    }
};

struct RegistrarStage {
    explicit RegistrarStage(registrar::RegistrarSettings given = {}) : settings{std::move(given)} {
        assertOnLoop();
        settings.domain = "ville.example";
        start();
        for (const auto* account : {"2101-bureau", "2101-atelier", "2102"}) {
            Device device;
            device.account = account;
            device.extension = device.account.substr(0, 4);
            directory.devices.emplace(account, device);
        }
    }
    /// As after kill -9: memory is gone, the disk is not.
    void restart() {
        assertOnLoop();
        start();
        registrar->restore(store.load());
    }
    void start() {
        registrar.reset();
        registrar.emplace(wheel, wire, store, settings);
    }

    /// Sends it without waiting for the disk. The answers come in `answers`.
    void ask(const Register& asked) {
        assertOnLoop();
        const auto own = [](std::string_view host) { return host == "ville.example" || host == "192.0.2.1"; };
        registrar->handle(
            asked.message(), asked.flow, directory.devices.at(asked.account), "ours", own,
            [this](sip::Message answer, const auto& concern) {
                answers.push_back(std::move(answer));
                if (concern)
                    concerns.push_back(std::string{toString(concern->kind)} + ": " + std::string{concern->reason});
            });
    }
    /// Sends it, lets the disk do its work and returns the answer.
    sip::Message answerTo(const Register& asked) {
        ask(asked);
        store.finishAll();
        if (answers.size() != 1) throw std::runtime_error{std::to_string(answers.size()) + " answers to one REGISTER"};
        auto answer = std::move(answers.front());
        answers.clear();
        return answer;
    }
    int statusOf(const Register& asked) { return answerTo(asked).status(); }

    void pass(Clock::Duration time) {
        for (Clock::Duration gone{}; gone < time; gone += 1s) {
            clock.advance(1s);
            wheel.advance();
        }
    }
    /// The contact URIs that a call to 2101 would ring, in order.
    [[nodiscard]] std::vector<std::string> rings(std::string_view extension = "2101") const {
        assertOnLoop();
        std::vector<std::string> uris;
        for (const auto* binding : registrar->table().live(extension)) uris.push_back(binding->contact);
        return uris;
    }

    FakeClock clock;
    base::TimerWheel wheel{clock};
    Wire wire;
    FakeBindingStore store;
    DirectorySnapshot directory;
    registrar::RegistrarSettings settings;
    std::optional<registrar::Registrar> registrar;
    std::vector<sip::Message> answers;
    std::vector<std::string> concerns;
};

/// The Contact values of an answer.
[[nodiscard]] inline std::vector<std::string> contactsOf(const sip::Message& answer) {
    std::vector<std::string> values;
    for (const auto value : answer.headers("Contact")) values.emplace_back(value);
    return values;
}

using Texts = std::vector<std::string>;

}  // namespace beffroi::test
