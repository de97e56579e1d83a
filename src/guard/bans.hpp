// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Bans from the moment they are imposed until they end: in force in memory, kept on disk, told to whoever watches.
// Thread: loop.
#pragma once

#include "beffroi/ban_store.hpp"
#include "beffroi/scheduler.hpp"
#include "beffroi/security_event.hpp"
#include "beffroi/thread_roles.hpp"
#include "guard/ban_list.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace beffroi::guard {

class Bans {
public:
    Bans(Scheduler& scheduler, BanStore& store, SecurityEvents& events, std::size_t most = 10'000);

    /// Those of before a restart; what has ended meanwhile is left out.
    void restore(std::vector<Ban> kept) BEFFROI_ON_LOOP;

    /// By the exchange itself: in force at once, on disk as soon as that can be.
    void impose(const Ban& ban) BEFFROI_ON_LOOP;
    /// By an administrator: `done(true)` once it is on disk and in force. False, and nothing was done, if it could not
    /// be written or if there is no room for more.
    void add(Ban ban, std::function<void(bool)> done) BEFFROI_ON_LOOP;
    /// Ends the ban of this range and those of accounts from within it; of one address every ban that covers it. `done`
    /// gets their number once that is on disk; nothing if it could not be written, and they stay in force.
    void remove(const AddressRange& range, std::function<void(std::optional<std::size_t>)> done) BEFFROI_ON_LOOP;

    [[nodiscard]] const BanList& list() const noexcept { return list_; }

    /// Called after every change of the list.
    void setOnChange(std::function<void()> onChange) { onChange_ = std::move(onChange); }

private:
    /// False if there is no room for it.
    [[nodiscard]] bool enforce(const Ban& ban) BEFFROI_ON_LOOP;
    void report(SecurityEvent::Kind kind, const Ban& ban, std::string_view reason) BEFFROI_ON_LOOP;
    void changed();
    void sweep();

    const Clock& clock_;
    BanStore& store_;
    SecurityEvents& events_;
    BanList list_;
    Timer sweepTimer_;
    std::function<void()> onChange_;
};

}  // namespace beffroi::guard
