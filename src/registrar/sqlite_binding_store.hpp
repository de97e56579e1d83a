// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Bindings in SQLite: changes are committed before the phone is answered, renewals are gathered and written once a
// second.
// Thread: loop, but for load().
#pragma once

#include "beffroi/binding_store.hpp"
#include "beffroi/scheduler.hpp"
#include "directory/store_thread.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace beffroi::registrar {

class SqliteBindingStore final : public BindingStore {
public:
    SqliteBindingStore(directory::StoreThread& store, Scheduler& scheduler);
    /// Hands over what was gathered.
    ~SqliteBindingStore() override;

    void commit(std::vector<StoredBinding> changed, std::vector<std::uint64_t> removed, Committed done) override;
    void renewed(std::uint64_t id, const std::string& callId, std::uint32_t cseq, Clock::WallTime expiresAt) override;

    /// Every binding on disk. For the start, before the store thread runs.
    [[nodiscard]] static std::vector<StoredBinding> load(directory::Session& session);

private:
    struct Renewal {
        std::string callId;
        std::uint32_t cseq;
        std::int64_t expiresAt;
    };
    using Renewals = std::unordered_map<std::uint64_t, Renewal>;
    void gather(Renewals renewals);
    void flush();

    directory::StoreThread& store_;
    Renewals renewals_;
    Timer flushTimer_;
};

}  // namespace beffroi::registrar
