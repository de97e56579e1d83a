// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The phones of one process and the language in which a test speaks to them: one JSON object a line in, one a line
// out. A command names what to `do` and the `phone`, and may carry an `id` that its reply repeats. What takes time
// (ringing, registering) is told by events as it happens; no command waits.
// Thread: one.
#pragma once

#include "telephone.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace beffroi::test {

class CommandLine {
public:
    using Print = std::function<void(const nlohmann::json&)>;
    explicit CommandLine(Print print);

    /// Carries out one line and prints its reply: {"reply": id, "ok": true, …} or {"reply": id, "ok": false, "error":
    /// …}.
    void carryOut(const std::string& line);
    void iterate();
    [[nodiscard]] bool quit() const noexcept { return quit_; }

private:
    using Command = std::function<void(const nlohmann::json& request, nlohmann::json& reply)>;

    void addPhoneCommands();
    void addCallCommands();
    void addSoundCommands();
    void create(const nlohmann::json& request, nlohmann::json& reply);
    [[nodiscard]] Telephone& phone(const nlohmann::json& request) const;

    Print print_;
    std::map<std::string, Command> commands_;
    std::map<std::string, std::unique_ptr<Telephone>> phones_;
    bool quit_ = false;
};

}  // namespace beffroi::test
