// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whom the exchange does not listen to, and where that is kept so that it survives a restart.
// Called on the loop and never waits; the work is the store thread's.
#pragma once

#include "beffroi/address_range.hpp"
#include "beffroi/clock.hpp"

#include <functional>
#include <string>
#include <vector>

namespace beffroi {

/// A network is not listened to; or, if there is an account, answers of this account from there are not verified.
struct Ban {
    /// For bans that only an administrator ends.
    static constexpr Clock::WallTime kForever = std::chrono::sys_days{std::chrono::year{2200} / 1 / 1};

    AddressRange range;
    std::string account;
    Clock::WallTime since;
    Clock::WallTime until;
    std::string reason;
    std::string by;  // the administrator's user name; empty: the exchange itself

    [[nodiscard]] bool isOfHost() const noexcept { return account.empty(); }
};

class BanStore {
public:
    /// Called on the loop thread; false if the change could not be made durable.
    using Committed = std::function<void(bool)>;

    virtual ~BanStore() = default;

    /// Inserts or replaces `changed` and deletes `removed`, both by range and account, in one transaction, then calls
    /// `done`.
    virtual void commit(std::vector<Ban> changed, std::vector<Ban> removed, Committed done) = 0;
};

}  // namespace beffroi
