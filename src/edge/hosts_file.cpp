// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/hosts_file.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace beffroi::edge {
namespace {

std::string lowerCase(std::string_view text) {
    std::string lower{text};
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
    return lower;
}

// The next word of a line; empty at its end.
std::string_view takeWord(std::string_view& line) {
    constexpr std::string_view kBlanks = " \t\r";
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    const auto word = line.substr(0, line.find_first_of(kBlanks));
    line.remove_prefix(word.size());
    return word;
}

}  // namespace

HostsFile HostsFile::parse(std::string_view text) {
    HostsFile file;
    while (!text.empty()) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        line = line.substr(0, line.find('#'));
        const auto address = SocketAddress::parse(takeWord(line), 0);
        if (!address || address->isWildcard()) continue;
        for (auto name = takeWord(line); !name.empty(); name = takeWord(line)) {
            auto& known = file.names_[lowerCase(name)];
            if (std::find(known.begin(), known.end(), *address) == known.end()) known.push_back(*address);
        }
    }
    return file;
}

HostsFile HostsFile::read(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return parse(std::string{std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}});
}

std::vector<SocketAddress> HostsFile::find(std::string_view name) const {
    const auto found = names_.find(lowerCase(name));
    return found == names_.end() ? std::vector<SocketAddress>{} : found->second;
}

}  // namespace beffroi::edge
