// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The messages of tests/corpus: those of real phones, and the torture messages of RFC 4475 and RFC 5118.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>

namespace beffroi::test {

/// "folder/file" and its octets, in the order of their names.
[[nodiscard]] inline std::map<std::string, std::string> corpus(const std::string& folder) {
    std::map<std::string, std::string> messages;
    for (const auto& entry : std::filesystem::directory_iterator{BEFFROI_SOURCE_DIR "/tests/corpus/" + folder}) {
        std::ifstream file{entry.path(), std::ios::binary};
        messages.emplace(folder + "/" + entry.path().filename().string(),
                         std::string{std::istreambuf_iterator<char>{file}, {}});
    }
    if (messages.empty()) throw std::runtime_error{"no messages in " + folder};
    return messages;
}

[[nodiscard]] inline std::string corpusMessage(const std::string& name) {
    const auto messages = corpus(name.substr(0, name.find('/')));
    return messages.at(name);
}

}  // namespace beffroi::test
