// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bridge/sip_stack.hpp"

#include "base/assert.hpp"
#include "base/log.hpp"
#include "bridge/datagram_socket.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <exception>
#include <system_error>

namespace beffroi::bridge {
namespace {

constexpr log::Area kLog{"bridge.sip"};
constexpr Clock::Duration kBeat = 20ms;

/// belle-sip binds with SO_REUSEADDR, which shares a port with another process in silence: try it without first.
void assertFree(const SocketAddress& address) {
    const int socket = openDatagramSocket(address);
    const int error = errno;
    if (socket < 0) throw std::system_error{error, std::generic_category(), "SIP on udp:" + address.toString()};
    closeSocket(socket);
}

bool isSocketAt(int descriptor, const SocketAddress& address) noexcept {
    int type = 0;
    socklen_t size = sizeof type;
    if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_DGRAM) return false;
    sockaddr_storage bound{};
    size = sizeof bound;
    return getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound), &size) == 0 &&
           SocketAddress::from(reinterpret_cast<const sockaddr&>(bound)) == address;
}

/// belle-sip opened it a moment ago, so its number is among the low ones.
int findSocketAt(const SocketAddress& address) {
    constexpr int kMostDescriptors = 1024;
    for (int descriptor = 0; descriptor < kMostDescriptors; ++descriptor) {
        if (isSocketAt(descriptor, address)) return descriptor;
    }
    throw std::system_error{EBADF, std::generic_category(), "SIP on udp:" + address.toString()};
}

/// Runs one of our callbacks: nothing may be thrown into belle-sip, whose tables would be left half changed.
template <typename Work>
void guarded(Work work) noexcept {
    assertOnLoop();
    try {
        work();
    } catch (const std::exception& error) {
        log::error(kLog, "a request could not be served", {{"reason", error.what()}});
        BEFFROI_ASSERT(false);
    }
}

}  // namespace

SipStack::SipStack(base::EventLoop& loop, const SocketAddress& listen, SipStackUser& user)
    : listen_{listen}, user_{user}, beat_{loop.scheduler(), [this] {
                                              work();
                                              beat_.start(kBeat);
                                          }} {
    assertFree(listen);
    stack_ = adopt(belle_sip_stack_new(nullptr));
    auto* point = belle_sip_stack_create_listening_point(stack_.get(), listen.host().c_str(), listen.port(), "UDP");
    if (point == nullptr) {
        throw std::system_error{EADDRNOTAVAIL, std::generic_category(), "SIP on udp:" + listen.toString()};
    }
    provider_ = adopt(belle_sip_stack_create_provider(stack_.get(), point));
    listenToEvents();
    watch_ = loop.watch(findSocketAt(listen), base::Ready::Read, [this](base::Ready) { work(); });
    beat_.start(kBeat);
}

void SipStack::listenToEvents() {
    belle_sip_listener_callbacks_t callbacks{};
    callbacks.process_request_event = [](void* self, const belle_sip_request_event_t* event) noexcept {
        guarded([&]() BEFFROI_ON_LOOP {
            static_cast<SipStack*>(self)->user_.onRequest(belle_sip_request_event_get_request(event),
                                                          belle_sip_request_event_get_dialog(event));
        });
    };
    callbacks.process_dialog_terminated = [](void* self, const belle_sip_dialog_terminated_event_t* event) noexcept {
        guarded([&]() BEFFROI_ON_LOOP {
            static_cast<SipStack*>(self)->user_.onDialogTerminated(belle_sip_dialog_terminated_event_get_dialog(event));
        });
    };
    listener_ = adopt(belle_sip_listener_create_from_callbacks(&callbacks, this));
    belle_sip_provider_add_sip_listener(provider_.get(), listener_.get());
}

SipStack::~SipStack() {
    watch_.reset();  // before the socket that it watches
    belle_sip_provider_remove_sip_listener(provider_.get(), listener_.get());
}

void SipStack::setTimers(const belle_sip_timer_config_t& timers) {
    belle_sip_stack_set_timer_config(stack_.get(), &timers);
}

// One datagram at a time: the loop calls again as long as there is one.
void SipStack::work() { belle_sip_stack_sleep(stack_.get(), 0); }

}  // namespace beffroi::bridge
