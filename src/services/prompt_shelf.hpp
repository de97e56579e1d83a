// SPDX-License-Identifier: AGPL-3.0-or-later
//
// All recorded prompts, by name: a folder's WAV files, read once before calls are taken. Calls ask for names, which are
// looked up here and never become paths.
// Thread: loop; the prompts, any.
#pragma once

#include "bridge/prompt.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::services {

class PromptShelf {
public:
    /// Nothing is on it.
    PromptShelf() = default;
    /// Reads every file NAME.wav of `folder` whose name can be a prompt's, at most kMostPrompts of them. A folder that
    /// does not exist is empty. Throws bridge::PromptError for a file that cannot be played, with its name.
    static PromptShelf read(const std::string& folder);
    static constexpr std::size_t kMostPrompts = 2000;

    void put(std::string name, std::shared_ptr<const bridge::Prompt> prompt);
    /// Null if there is none.
    [[nodiscard]] std::shared_ptr<const bridge::Prompt> find(std::string_view name) const;
    [[nodiscard]] std::size_t size() const noexcept { return prompts_.size(); }

private:
    std::map<std::string, std::shared_ptr<const bridge::Prompt>, std::less<>> prompts_;
};

}  // namespace beffroi::services
