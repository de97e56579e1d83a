// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The bans as a file for nft: made and written by a thread of its own, the newest only, and put in place as a whole, so
// that nobody reads half of it. Thread: any for write(); the file is the thread's.
#pragma once

#include "base/mutex.hpp"

#include <condition_variable>
#include <functional>
#include <string>
#include <thread>

namespace beffroi::app {

class NftablesFile {
public:
    /// Makes what is written, on the thread of the file: it owns what it needs for that.
    using Text = std::function<std::string()>;

    /// An empty path: nothing is ever written.
    explicit NftablesFile(std::string path);
    /// Writes what was handed over last.
    ~NftablesFile();
    NftablesFile(const NftablesFile&) = delete;
    NftablesFile& operator=(const NftablesFile&) = delete;

    [[nodiscard]] bool wanted() const noexcept { return !path_.empty(); }
    /// Does not wait. A file that cannot be written is told in the log, once until it can be again.
    void write(Text text);

private:
    void serve();
    [[nodiscard]] bool replaceFile(const std::string& text) const;

    const std::string path_;
    base::Mutex mutex_;
    std::condition_variable_any wake_;
    Text text_ BEFFROI_GUARDED_BY(mutex_);
    bool stopping_ BEFFROI_GUARDED_BY(mutex_) = false;
    std::thread thread_;
};

}  // namespace beffroi::app
