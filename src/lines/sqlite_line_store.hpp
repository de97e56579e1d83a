// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What telephones have set, in SQLite.
// Thread: loop, but for load().
#pragma once

#include "beffroi/line_store.hpp"
#include "directory/store_thread.hpp"

namespace beffroi::lines {

class SqliteLineStore final : public LineStore {
public:
    explicit SqliteLineStore(directory::StoreThread& store) : store_{store} {}

    void commit(LineEntries change, Committed done) override;

    /// Everything on disk. For the start, before the store thread runs.
    [[nodiscard]] static LineEntries load(directory::Session& session);

private:
    directory::StoreThread& store_;
};

}  // namespace beffroi::lines
