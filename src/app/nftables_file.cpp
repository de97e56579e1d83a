// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/nftables_file.hpp"

#include "base/log.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace beffroi::app {
namespace {

constexpr log::Area kLog{"nftables"};

}  // namespace

NftablesFile::NftablesFile(std::string path) : path_{std::move(path)} {
    if (wanted()) thread_ = std::thread{[this] { serve(); }};
}

NftablesFile::~NftablesFile() {
    if (!thread_.joinable()) return;
    {
        const base::MutexLock lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void NftablesFile::write(Text text) {
    if (!wanted()) return;
    {
        const base::MutexLock lock{mutex_};
        text_ = std::move(text);
    }
    wake_.notify_one();
}

void NftablesFile::serve() {
    bool failed = false;
    for (;;) {
        Text text;
        {
            const base::MutexLock lock{mutex_};
            while (!text_ && !stopping_) wake_.wait(mutex_);
            if (!text_) return;
            text = std::exchange(text_, nullptr);
        }
        const bool written = replaceFile(text());
        if (!written && !failed) {
            log::warning(kLog, "the bans cannot be written for nft",
                         {{"file", path_}, {"error", std::strerror(errno)}});
        }
        failed = !written;
    }
}

bool NftablesFile::replaceFile(const std::string& text) const {
    const auto part = path_ + ".part";
    auto* const file = std::fopen(part.c_str(), "we");
    if (file == nullptr) return false;
    const bool whole = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    const bool closed = std::fclose(file) == 0;
    return whole && closed && std::rename(part.c_str(), path_.c_str()) == 0;
}

}  // namespace beffroi::app
