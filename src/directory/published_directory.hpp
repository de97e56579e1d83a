// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The snapshot that the call path reads now. Made on any thread, put in place on the loop, never changed.
// Thread: loop.
#pragma once

#include "beffroi/directory.hpp"

#include <memory>
#include <utility>

namespace beffroi::directory {

class PublishedDirectory final : public Directory {
public:
    explicit PublishedDirectory(std::shared_ptr<const DirectorySnapshot> first) : current_{std::move(first)} {}
    [[nodiscard]] std::shared_ptr<const DirectorySnapshot> snapshot() const override { return current_; }
    /// Returns the one before: what holds a whole town takes a while to free, so that is better done elsewhere.
    std::shared_ptr<const DirectorySnapshot> publish(std::shared_ptr<const DirectorySnapshot> next) {
        return std::exchange(current_, std::move(next));
    }

private:
    std::shared_ptr<const DirectorySnapshot> current_;
};

}  // namespace beffroi::directory
