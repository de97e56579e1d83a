// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Bans in the database.
// Thread: loop; load() is for the start, before the store thread runs.
#pragma once

#include "beffroi/ban_store.hpp"
#include "directory/store_thread.hpp"

#include <vector>

namespace beffroi::guard {

class SqliteBanStore final : public BanStore {
public:
    explicit SqliteBanStore(directory::StoreThread& store) : store_{store} {}

    /// Without `done` nobody waits, and the change is repeated until it succeeds.
    void commit(std::vector<Ban> changed, std::vector<Ban> removed, Committed done) override;

    /// Every ban on disk, also those that have ended meanwhile.
    [[nodiscard]] static std::vector<Ban> load(directory::Session& session);

private:
    directory::StoreThread& store_;
};

}  // namespace beffroi::guard
