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

// One row, on its way in or out: the columns whose type in the database is another one. SOCI guesses the types of rows
// it is not told about; here it is told.
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

// The statements of the store thread, prepared once: preparing costs more than the rest of a write.
class Statements {
public:
    explicit Statements(soci::session& sql)
        : insert_{(sql.prepare << "INSERT OR REPLACE INTO bindings (id, extension, domain, contact, parameters,"
                                  " instance, path, call_id, cseq, q, account, user_agent, transport, local, remote,"
                                  " expires_at) VALUES (:id, :ext, :dom, :con, :par, :ins, :pat, :cid, :seq, :q, :acc,"
                                  " :ua, :tra, :loc, :rem, :exp)",
                   soci::use(row_.id), soci::use(binding_.aor.user), soci::use(binding_.aor.domain),
                   soci::use(binding_.contact), soci::use(binding_.parameters), soci::use(binding_.instance),
                   soci::use(row_.path), soci::use(binding_.callId), soci::use(row_.cseq), soci::use(row_.q),
                   soci::use(binding_.account), soci::use(binding_.userAgent), soci::use(row_.transport),
                   soci::use(row_.local), soci::use(row_.remote), soci::use(row_.expires))},
          // A renewal that the disk refused is kept, and tried again when the row may have become a newer one.
          renew_{(sql.prepare << "UPDATE bindings SET call_id = :cid, cseq = :cseq, expires_at = :exp WHERE id = :id"
                                 " AND ((call_id = :cid AND cseq <= :cseq)"
                                 " OR (call_id <> :cid AND expires_at <= :exp))",
                  soci::use(binding_.callId), soci::use(row_.cseq), soci::use(row_.expires), soci::use(row_.id))},
          remove_{(sql.prepare << "DELETE FROM bindings WHERE id = :id", soci::use(row_.id))} {}

    void insert(const StoredBinding& binding) {
        binding_ = binding;
        row_.id = static_cast<long long>(binding.id);
        row_.path = joinLines(binding.path);
        row_.cseq = static_cast<long long>(binding.cseq);
        row_.q = binding.q;
        row_.transport = static_cast<int>(binding.transport);
        row_.local = binding.local.toString();
        row_.remote = binding.remote.isSet() ? binding.remote.toString() : std::string{};
        row_.expires = toMilliseconds(binding.expiresAt);
        insert_.execute(true);
    }
    void renew(std::uint64_t id, const std::string& callId, std::uint32_t cseq, std::int64_t expires) {
        binding_.callId = callId;
        row_.id = static_cast<long long>(id);
        row_.cseq = static_cast<long long>(cseq);
        row_.expires = expires;
        renew_.execute(true);
    }
    void remove(std::uint64_t id) {
        row_.id = static_cast<long long>(id);
        remove_.execute(true);
    }

private:
    StoredBinding binding_;
    Row row_;
    soci::statement insert_;
    soci::statement renew_;
    soci::statement remove_;
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
    // A row is newer than the renewal that waits; but if it cannot be written the renewal is what was acknowledged.
    Renewals outdated;
    for (const auto& row : changed) outdated.insert(renewals_.extract(row.id));
    for (const auto id : removed) outdated.insert(renewals_.extract(id));
    store_.write(
        [changed = std::move(changed), removed = std::move(removed)](directory::Session& session) {
            auto& statements = session.prepared<Statements>();
            for (const auto& row : changed) statements.insert(row);
            for (const auto id : removed) statements.remove(id);
        },
        [this, outdated = std::move(outdated), done = std::move(done)](bool durable) mutable {
            if (!durable) gather(std::move(outdated));
            done(durable);
        });
}

void SqliteBindingStore::renewed(std::uint64_t id, const std::string& callId, std::uint32_t cseq,
                                 Clock::WallTime expiresAt) {
    renewals_.erase(id);
    Renewals newest;
    newest.emplace(id, Renewal{callId, cseq, toMilliseconds(expiresAt)});
    gather(std::move(newest));
}

// Renewals that came meanwhile are newer: they stay.
void SqliteBindingStore::gather(Renewals renewals) {
    renewals_.merge(renewals);
    if (!renewals_.empty() && !flushTimer_.running()) flushTimer_.start(kFlushInterval);
}

void SqliteBindingStore::flush() {
    if (renewals_.empty()) return;
    store_.keep([renewals = std::exchange(renewals_, {})](directory::Session& session) {
        auto& statements = session.prepared<Statements>();
        for (const auto& [id, renewal] : renewals)
            statements.renew(id, renewal.callId, renewal.cseq, renewal.expiresAt);
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
