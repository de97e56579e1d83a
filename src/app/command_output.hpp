// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the commands of `beffroi` have in common: asking a daemon, and printing what it said for people or as JSON.
// Thread: main; blocks.
#pragma once

#include "app/command_line.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <string>

namespace beffroi::app {

inline constexpr int kRefused = 1;  // exit code: what was asked for was understood and not done

void print(const std::string& text);

/// Throws std::runtime_error if the daemon does not answer, or with what it has to say if it did nothing.
[[nodiscard]] nlohmann::json askDaemon(const std::string& socket, const char* program, const nlohmann::json& request);
[[nodiscard]] nlohmann::json askExchange(const config::Settings& settings, const nlohmann::json& request);

/// Prints `answer` if JSON is wanted, else `text()`; 0.
int show(const nlohmann::json& answer, const CommandOptions& options, const std::function<std::string()>& text);

[[nodiscard]] std::string countText(const nlohmann::json& number);
/// Local time; "-" for null.
[[nodiscard]] std::string clockText(const nlohmann::json& milliseconds);

/// For the audit: who stands behind root.
[[nodiscard]] std::string userName();

}  // namespace beffroi::app
