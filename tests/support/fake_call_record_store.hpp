// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Keeps the latest state of each call record for a test to look at.
#pragma once

#include "beffroi/call_record.hpp"

#include <map>
#include <string>

namespace beffroi::test {

class FakeCallRecordStore final : public CallRecordStore {
public:
    void write(const CallRecord& record) override {
        records.insert_or_assign(record.id, record);
        last_ = record;
        ++writes;
    }
    /// The state that was written last, of whichever call.
    [[nodiscard]] const CallRecord& last() const noexcept { return last_; }

    std::map<std::string, CallRecord> records;
    int writes = 0;

private:
    CallRecord last_;
};

}  // namespace beffroi::test
