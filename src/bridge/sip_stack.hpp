// SPDX-License-Identifier: AGPL-3.0-or-later
//
// belle-sip's complete stack on one UDP address, driven by our loop: it works when something has arrived at its socket,
// and at a beat for its timers. It does not give its socket out, so the socket is known by its address.
// Thread: loop.
#pragma once

#include "base/event_loop.hpp"
#include "beffroi/scheduler.hpp"
#include "beffroi/socket_address.hpp"
#include "beffroi/thread_roles.hpp"
#include "bridge/belle_sip.hpp"

#include <memory>

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
    SipStack(base::EventLoop& loop, const SocketAddress& listen, SipStackUser& user);
    ~SipStack();
    SipStack(const SipStack&) = delete;
    SipStack& operator=(const SipStack&) = delete;

    [[nodiscard]] belle_sip_provider_t* provider() const noexcept { return provider_.get(); }
    [[nodiscard]] const SocketAddress& address() const noexcept { return listen_; }

    /// RFC 3261's T1 and what follows from it: shorter ones for tests.
    void setTimers(const belle_sip_timer_config_t& timers);

private:
    void listenToEvents();
    void work();

    SocketAddress listen_;
    SipStackUser& user_;
    SipRef<belle_sip_stack_t> stack_;
    SipRef<belle_sip_provider_t> provider_;
    SipRef<belle_sip_listener_t> listener_;
    std::unique_ptr<base::EventLoop::Watch> watch_;
    Timer beat_;
};

}  // namespace beffroi::bridge
