// SPDX-License-Identifier: AGPL-3.0-or-later
//
// open(2) and read(2), because their errno says why; streams do not promise one.

#include "config/text_file.hpp"

#include "config/mistake.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace beffroi::config {
namespace {

namespace fs = std::filesystem;

class OpenFile {
public:
    explicit OpenFile(const std::string& path) : descriptor_{open(path.c_str(), O_RDONLY | O_CLOEXEC)} {}
    ~OpenFile() {
        if (descriptor_ >= 0) close(descriptor_);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

[[noreturn]] void complain(const std::string& path, const std::string& text) {
    throw ConfigError{Mistake{Place{path, 0, 0, {}}, text, {}}};
}

std::string largestText(std::size_t largest) {
    constexpr std::size_t kMebi = std::size_t{1} << 20U;
    return largest % kMebi == 0 ? std::to_string(largest / kMebi) + " MiB" : std::to_string(largest) + " B";
}

}  // namespace

std::string readTextFile(const std::string& path, std::size_t largest) {
    const OpenFile file{path};
    std::string text;
    std::array<char, 16384> block{};
    for (;;) {
        const auto got = file.descriptor() < 0 ? -1 : read(file.descriptor(), block.data(), block.size());
        if (got == 0) return text;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) complain(path, "cannot be read: " + std::generic_category().message(errno));
        text.append(block.data(), static_cast<std::size_t>(got));
        if (text.size() > largest) {
            complain(path, "cannot be read: it is larger than " + largestText(largest));
        }
    }
}

std::vector<std::string> tomlFilesIn(const std::string& folder) {
    std::vector<std::string> files;
    std::error_code failure;
    for (fs::directory_iterator entry{folder, failure}, end; !failure && entry != end; entry.increment(failure)) {
        const auto& path = entry->path();
        if (path.extension() == ".toml" && path.filename().string().front() != '.') files.push_back(path.string());
    }
    if (failure && failure != std::errc::no_such_file_or_directory) {
        complain(folder, "cannot be read: " + failure.message());
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace beffroi::config
