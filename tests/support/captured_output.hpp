// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the test's own process writes to standard output or standard error while this lives.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

namespace beffroi::test {

class CapturedOutput {
public:
    explicit CapturedOutput(std::FILE* stream)
        : stream_{stream},
          saved_{dup(fileno(stream))},
          file_{open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR)} {
        std::fflush(stream_);
        if (saved_ < 0 || file_ < 0 || dup2(file_, fileno(stream_)) < 0) {
            throw std::system_error{errno, std::generic_category(), "capture"};
        }
    }
    ~CapturedOutput() {
        std::fflush(stream_);
        dup2(saved_, fileno(stream_));
        close(saved_);
        close(file_);
    }
    CapturedOutput(const CapturedOutput&) = delete;
    CapturedOutput& operator=(const CapturedOutput&) = delete;

    [[nodiscard]] std::string text() const {
        std::fflush(stream_);
        std::string all;
        std::array<char, 4096> block{};
        lseek(file_, 0, SEEK_SET);
        for (ssize_t got = 0; (got = read(file_, block.data(), block.size())) > 0;) {
            all.append(block.data(), static_cast<std::size_t>(got));
        }
        return all;
    }

private:
    std::FILE* stream_;
    int saved_;
    int file_;
};

}  // namespace beffroi::test
