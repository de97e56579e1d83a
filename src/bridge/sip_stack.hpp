// SPDX-License-Identifier: AGPL-3.0-or-later
//
// belle-sip's complete stack on one UDP address, driven by our loop. Its sockets are its own affair and cannot be
// watched from outside, so a timer lets it work every 10 ms, the beat of the media threads; a call notices no more of
// that than a rounding of its set-up time.
// Thread: loop.
#pragma once

#include "beffroi/scheduler.hpp"
#include "beffroi/socket_address.hpp"
#include "beffroi/thread_roles.hpp"
#include "bridge/belle_sip.hpp"

namespace beffroi::bridge {

/// What comes in. Requests are new ones and ACKs of calls; retransmissions are the stack's business.
class SipStackUser {
public:
    virtual ~SipStackUser() = default;
    virtual void onRequest(belle_sip_request_t* request, belle_sip_dialog_t* dialog) BEFFROI_ON_LOOP = 0;
    virtual void onDialogTerminated(belle_sip_dialog_t* dialog) BEFFROI_ON_LOOP = 0;
};

class SipStack {
public:
    /// Throws std::system_error if the address is taken or cannot be used.
    SipStack(Scheduler& scheduler, const SocketAddress& listen, SipStackUser& user);
    ~SipStack();
    SipStack(const SipStack&) = delete;
    SipStack& operator=(const SipStack&) = delete;

    [[nodiscard]] belle_sip_provider_t* provider() const noexcept { return provider_.get(); }
    [[nodiscard]] const SocketAddress& address() const noexcept { return listen_; }

    /// RFC 3261's T1 and what follows from it: shorter ones for tests.
    void setTimers(const belle_sip_timer_config_t& timers);

private:
    void work();

    SocketAddress listen_;
    SipStackUser& user_;
    SipRef<belle_sip_stack_t> stack_;
    SipRef<belle_sip_provider_t> provider_;
    SipRef<belle_sip_listener_t> listener_;
    Timer beat_;
};

}  // namespace beffroi::bridge
