// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Call records in SQLite. What happens to a call within a twentieth of a second is written together; the store
// keeps what a full disk refuses and writes it later.
// Thread: loop, but for the static functions.
#pragma once

#include "beffroi/call_record.hpp"
#include "beffroi/scheduler.hpp"
#include "directory/store_thread.hpp"

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace beffroi::proxy {

class SqliteCallRecordStore final : public CallRecordStore {
public:
    SqliteCallRecordStore(directory::StoreThread& store, Scheduler& scheduler);
    /// Hands over what was gathered.
    ~SqliteCallRecordStore() override;

    void write(const CallRecord& record) override;

    /// Closes the records that a crash left open; returns how many. For the start.
    static long long closeInterrupted(directory::Session& session, Clock::WallTime now);
    /// The newest records, newest first.
    [[nodiscard]] static std::vector<CallRecord> recent(directory::Session& session, int count);

private:
    void flush();

    directory::StoreThread& store_;
    std::vector<CallRecord> waiting_;                      // in the order of their first writing
    std::unordered_map<std::string, std::size_t> places_;  // by id: a later state replaces an earlier one
    Timer flushTimer_;
};

}  // namespace beffroi::proxy
