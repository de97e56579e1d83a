// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bridge/sip_stack.hpp"

#include "bridge/datagram_socket.hpp"

#include <cerrno>
#include <system_error>

namespace beffroi::bridge {
namespace {

constexpr Clock::Duration kBeat = 10ms;

/// belle-sip binds with SO_REUSEADDR, which shares a port with another process in silence: try it without first.
void assertFree(const SocketAddress& address) {
    const int socket = openDatagramSocket(address);
    const int error = errno;
    if (socket < 0) throw std::system_error{error, std::generic_category(), "SIP on udp:" + address.toString()};
    closeSocket(socket);
}

}  // namespace

SipStack::SipStack(Scheduler& scheduler, const SocketAddress& listen, SipStackUser& user)
    : listen_{listen}, user_{user}, beat_{scheduler, [this] { work(); }} {
    assertFree(listen);
    stack_ = adopt(belle_sip_stack_new(nullptr));
    auto* point = belle_sip_stack_create_listening_point(stack_.get(), listen.host().c_str(), listen.port(), "UDP");
    if (point == nullptr) {
        throw std::system_error{EADDRNOTAVAIL, std::generic_category(), "SIP on udp:" + listen.toString()};
    }
    provider_ = adopt(belle_sip_stack_create_provider(stack_.get(), point));
    belle_sip_listener_callbacks_t callbacks{};
    callbacks.process_request_event = [](void* self, const belle_sip_request_event_t* event) noexcept {
        assertOnLoop();
        static_cast<SipStack*>(self)->user_.onRequest(belle_sip_request_event_get_request(event),
                                                      belle_sip_request_event_get_dialog(event));
    };
    callbacks.process_dialog_terminated = [](void* self, const belle_sip_dialog_terminated_event_t* event) noexcept {
        assertOnLoop();
        static_cast<SipStack*>(self)->user_.onDialogTerminated(belle_sip_dialog_terminated_event_get_dialog(event));
    };
    listener_ = adopt(belle_sip_listener_create_from_callbacks(&callbacks, this));
    belle_sip_provider_add_sip_listener(provider_.get(), listener_.get());
    beat_.start(kBeat);
}

SipStack::~SipStack() { belle_sip_provider_remove_sip_listener(provider_.get(), listener_.get()); }

void SipStack::setTimers(const belle_sip_timer_config_t& timers) {
    belle_sip_stack_set_timer_config(stack_.get(), &timers);
}

void SipStack::work() {
    belle_sip_stack_sleep(stack_.get(), 0);
    beat_.start(kBeat);
}

}  // namespace beffroi::bridge
