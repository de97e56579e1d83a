// SPDX-License-Identifier: AGPL-3.0-or-later
#include "registrar/sqlite_binding_store.hpp"

#include "directory/session.hpp"

#include <algorithm>
#include <utility>

namespace beffroi::registrar {
namespace {

constexpr Clock::Duration kFlushInterval = 900ms;  // "within a second" includes the commit

std::int64_t toMilliseconds(Clock::WallTime time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

Clock::WallTime fromMilliseconds(std::int64_t value) { return Clock::WallTime{std::chrono::milliseconds{value}}; }

std::string joinLines(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text.append(text.empty() ? "" : "\n").append(line);
    return text;
}

std::vector<std::string> splitLines(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find('\n', begin), text.size());
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

void write(soci::session& sql, const StoredBinding& row) {
    const auto id = static_cast<long long>(row.id);
    const auto path = joinLines(row.path);
    const auto cseq = static_cast<long long>(row.cseq);
    const int q = row.q;
    const int transport = static_cast<int>(row.transport);
    const auto local = row.local.toString();
    const auto remote = row.remote.isSet() ? row.remote.toString() : std::string{};
    const long long expires = toMilliseconds(row.expiresAt);
    sql << "INSERT OR REPLACE INTO bindings (id, extension, domain, contact, parameters, instance, path, call_id, cseq,"
           " q, account, user_agent, transport, local, remote, expires_at) VALUES (:id, :ext, :dom, :con, :par, :ins,"
           " :pat, :cid, :seq, :q, :acc, :ua, :tra, :loc, :rem, :exp)",
        soci::use(id), soci::use(row.aor.user), soci::use(row.aor.domain), soci::use(row.contact),
        soci::use(row.parameters), soci::use(row.instance), soci::use(path), soci::use(row.callId), soci::use(cseq),
        soci::use(q), soci::use(row.account), soci::use(row.userAgent), soci::use(transport), soci::use(local),
        soci::use(remote), soci::use(expires);
}

// One row on its way in. SOCI guesses the types of rows it is not told about; here it is told.
struct Row {
    long long id = 0;
    std::string path;
    long long cseq = 0;
    int q = 0;
    int transport = 0;
    std::string local;
    std::string remote;
    long long expires = 0;
};

void complete(StoredBinding& binding, const Row& row) {
    binding.id = static_cast<std::uint64_t>(row.id);
    binding.path = splitLines(row.path);
    binding.cseq = static_cast<std::uint32_t>(row.cseq);
    binding.q = static_cast<std::uint16_t>(row.q);
    binding.transport = static_cast<Transport>(row.transport);
    binding.local = SocketAddress::parseWithPort(row.local).value_or(SocketAddress{});
    binding.remote = SocketAddress::parseWithPort(row.remote).value_or(SocketAddress{});
    binding.expiresAt = fromMilliseconds(row.expires);
}

}  // namespace

SqliteBindingStore::SqliteBindingStore(directory::StoreThread& store, Scheduler& scheduler)
    : store_{store}, flushTimer_{scheduler, [this] { flush(); }} {}

SqliteBindingStore::~SqliteBindingStore() { flush(); }

void SqliteBindingStore::commit(std::vector<StoredBinding> changed, std::vector<std::uint64_t> removed,
                                Committed done) {
    for (const auto& row : changed) renewals_.erase(row.id);  // the row is newer than the renewal that waits
    for (const auto id : removed) renewals_.erase(id);
    store_.write(
        [changed = std::move(changed), removed = std::move(removed)](directory::Session& session) {
            auto& sql = session.sql();
            for (const auto& row : changed) write(sql, row);
            for (const auto id : removed) {
                const auto number = static_cast<long long>(id);
                sql << "DELETE FROM bindings WHERE id = :id", soci::use(number);
            }
        },
        std::move(done));
}

void SqliteBindingStore::renewed(std::uint64_t id, std::uint32_t cseq, Clock::WallTime expiresAt) {
    renewals_.insert_or_assign(id, Renewal{cseq, toMilliseconds(expiresAt)});
    if (!flushTimer_.running()) flushTimer_.start(kFlushInterval);
}

void SqliteBindingStore::flush() {
    if (renewals_.empty()) return;
    store_.keep([renewals = std::exchange(renewals_, {})](directory::Session& session) {
        long long id = 0;
        long long cseq = 0;
        long long expires = 0;
        soci::statement update =
            (session.sql().prepare << "UPDATE bindings SET cseq = :cseq, expires_at = :exp WHERE id = :id",
             soci::use(cseq), soci::use(expires), soci::use(id));
        for (const auto& [key, renewal] : renewals) {
            id = static_cast<long long>(key);
            cseq = renewal.cseq;
            expires = renewal.expiresAt;
            update.execute(true);
        }
    });
}

std::vector<StoredBinding> SqliteBindingStore::load(directory::Session& session) {
    std::vector<StoredBinding> bindings;
    StoredBinding binding;
    Row row;
    soci::statement select =
        (session.sql().prepare << "SELECT id, extension, domain, contact, parameters, instance, path, call_id, cseq, q,"
                                  " account, user_agent, transport, local, remote, expires_at FROM bindings"
                                  " ORDER BY id",
         soci::into(row.id), soci::into(binding.aor.user), soci::into(binding.aor.domain), soci::into(binding.contact),
         soci::into(binding.parameters), soci::into(binding.instance), soci::into(row.path), soci::into(binding.callId),
         soci::into(row.cseq), soci::into(row.q), soci::into(binding.account), soci::into(binding.userAgent),
         soci::into(row.transport), soci::into(row.local), soci::into(row.remote), soci::into(row.expires));
    select.execute();
    while (select.fetch()) {
        complete(binding, row);
        bindings.push_back(binding);
    }
    return bindings;
}

}  // namespace beffroi::registrar
