// SPDX-License-Identifier: AGPL-3.0-or-later
#include "proxy/sqlite_call_record_store.hpp"

#include "directory/session.hpp"

#include <utility>

namespace beffroi::proxy {
namespace {

constexpr Clock::Duration kFlushInterval = 50ms;

long long toMilliseconds(Clock::WallTime time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

long long toMilliseconds(const std::optional<Clock::WallTime>& time) { return time ? toMilliseconds(*time) : 0; }

std::optional<Clock::WallTime> fromMilliseconds(long long value) {
    if (value == 0) return std::nullopt;
    return Clock::WallTime{std::chrono::milliseconds{value}};
}

// A record as columns, in either direction.
struct Columns {
    CallRecord record;
    long long start = 0;
    long long ring = 0;
    long long answer = 0;
    long long end = 0;
    int cause = 0;
    int status = 0;
    int kind = 0;

    void take(const CallRecord& from) {
        record = from;
        start = toMilliseconds(from.start);
        ring = toMilliseconds(from.ring);
        answer = toMilliseconds(from.answer);
        end = toMilliseconds(from.end);
        cause = static_cast<int>(from.cause);
        status = from.status;
        kind = static_cast<int>(from.kind);
    }
    [[nodiscard]] CallRecord give() const {
        auto result = record;
        result.start = fromMilliseconds(start).value_or(Clock::WallTime{});
        result.ring = fromMilliseconds(ring);
        result.answer = fromMilliseconds(answer);
        result.end = fromMilliseconds(end);
        result.cause = static_cast<CallEnd>(cause);
        result.status = static_cast<std::uint16_t>(status);
        result.kind = static_cast<CallKind>(kind);
        return result;
    }
};

// Prepared once for the store thread: preparing costs more than the rest of a write.
class Statements {
public:
    explicit Statements(soci::session& sql)
        : insert_{(sql.prepare << "INSERT INTO calls (id, call_id, caller, caller_name, caller_account,"
                                  " dialled, answered_by, start_at, ring_at, answer_at, end_at, cause, status, kind,"
                                  " incoming_gateway, destination, forwarded_by, gateway, number_class, presented)"
                                  " VALUES (:id, :cid, :caller, :name, :account, :dialled, :by, :start, :ring, :answer,"
                                  " :end, :cause, :status, :kind, :incoming, :destination, :forwarded, :gateway,"
                                  " :class, :presented) ON CONFLICT (id) DO UPDATE SET"
                                  " answered_by = excluded.answered_by, destination = excluded.destination,"
                                  " forwarded_by = excluded.forwarded_by, gateway = excluded.gateway,"
                                  " number_class = excluded.number_class, presented = excluded.presented,"
                                  " ring_at = excluded.ring_at, answer_at = excluded.answer_at,"
                                  " end_at = excluded.end_at, cause = excluded.cause, status = excluded.status",
                   soci::use(row_.record.id), soci::use(row_.record.callId), soci::use(row_.record.caller),
                   soci::use(row_.record.callerName), soci::use(row_.record.callerAccount),
                   soci::use(row_.record.dialled), soci::use(row_.record.answeredBy), soci::use(row_.start),
                   soci::use(row_.ring), soci::use(row_.answer), soci::use(row_.end), soci::use(row_.cause),
                   soci::use(row_.status), soci::use(row_.kind), soci::use(row_.record.incomingGateway),
                   soci::use(row_.record.destination), soci::use(row_.record.forwardedBy),
                   soci::use(row_.record.gateway), soci::use(row_.record.numberClass),
                   soci::use(row_.record.presented))} {}

    void insert(const CallRecord& record) {
        row_.take(record);
        insert_.execute(true);
    }

private:
    Columns row_;
    soci::statement insert_;
};

}  // namespace

SqliteCallRecordStore::SqliteCallRecordStore(directory::StoreThread& store, Scheduler& scheduler)
    : store_{store}, flushTimer_{scheduler, [this] { flush(); }} {}

SqliteCallRecordStore::~SqliteCallRecordStore() { flush(); }

void SqliteCallRecordStore::write(const CallRecord& record) {
    const auto [place, fresh] = places_.try_emplace(record.id, waiting_.size());
    if (fresh) {
        waiting_.push_back(record);
    } else {
        waiting_[place->second] = record;
    }
    if (!flushTimer_.running()) flushTimer_.start(kFlushInterval);
}

void SqliteCallRecordStore::flush() {
    if (waiting_.empty()) return;
    auto records = std::exchange(waiting_, {});
    places_.clear();
    store_.keep([records = std::move(records)](directory::Session& session) {
        auto& statements = session.prepared<Statements>();
        for (const auto& record : records) statements.insert(record);
    });
}

long long SqliteCallRecordStore::closeInterrupted(directory::Session& session, Clock::WallTime now) {
    const int interrupted = static_cast<int>(CallEnd::Interrupted);
    const int open = static_cast<int>(CallEnd::Open);
    const auto at = toMilliseconds(now);
    soci::statement update =
        (session.sql().prepare << "UPDATE calls SET cause = :interrupted, end_at = :at WHERE cause = :open",
         soci::use(interrupted), soci::use(at), soci::use(open));
    update.execute(true);
    return update.get_affected_rows();
}

std::vector<CallRecord> SqliteCallRecordStore::recent(directory::Session& session, int count) {
    std::vector<CallRecord> records;
    Columns row;
    soci::statement select =
        (session.sql().prepare << "SELECT id, call_id, caller, caller_name, caller_account, dialled, answered_by,"
                                  " start_at, ring_at, answer_at, end_at, cause, status, kind, incoming_gateway,"
                                  " destination, forwarded_by, gateway, number_class, presented FROM calls"
                                  " ORDER BY start_at DESC, rowid DESC LIMIT :count",
         soci::use(count), soci::into(row.record.id), soci::into(row.record.callId), soci::into(row.record.caller),
         soci::into(row.record.callerName), soci::into(row.record.callerAccount), soci::into(row.record.dialled),
         soci::into(row.record.answeredBy), soci::into(row.start), soci::into(row.ring), soci::into(row.answer),
         soci::into(row.end), soci::into(row.cause), soci::into(row.status), soci::into(row.kind),
         soci::into(row.record.incomingGateway), soci::into(row.record.destination), soci::into(row.record.forwardedBy),
         soci::into(row.record.gateway), soci::into(row.record.numberClass), soci::into(row.record.presented));
    select.execute();
    while (select.fetch()) records.push_back(row.give());
    return records;
}

}  // namespace beffroi::proxy
