// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/prompt_shelf.hpp"

#include "base/log.hpp"
#include "beffroi/announcements.hpp"
#include "bridge/wave_prompt.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

namespace beffroi::services {
namespace {

constexpr log::Area kLog{"prompts"};

}  // namespace

PromptShelf PromptShelf::read(const std::string& folder) {
    PromptShelf shelf;
    std::error_code error;
    for (const auto& file : std::filesystem::directory_iterator{folder, error}) {
        const auto& path = file.path();
        if (path.extension() != ".wav" || !announcements::isPromptName(path.stem().string())) continue;
        if (shelf.size() >= kMostPrompts) {
            log::warning(kLog, "there are more prompts than are read", {{"folder", folder}, {"read", kMostPrompts}});
            break;
        }
        shelf.put(path.stem().string(), bridge::WavePrompt::load(path.string()));
    }
    if (error) log::warning(kLog, "no prompts can be read", {{"folder", folder}, {"reason", error.message()}});
    return shelf;
}

void PromptShelf::put(std::string name, std::shared_ptr<const bridge::Prompt> prompt) {
    if (prompt) prompts_.insert_or_assign(std::move(name), std::move(prompt));
}

std::shared_ptr<const bridge::Prompt> PromptShelf::find(std::string_view name) const {
    const auto found = prompts_.find(name);
    return found == prompts_.end() ? nullptr : found->second;
}

}  // namespace beffroi::services
