// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Where bindings are kept so that an acknowledged registration survives kill -9 and a power cut.
// The interface is called on the loop and never waits; the work is the store thread's.
#pragma once

#include "beffroi/aor.hpp"
#include "beffroi/clock.hpp"
#include "beffroi/flow.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace beffroi {

/// One binding as it lies on disk. `id` is unique and never reused; all else may change in place.
struct StoredBinding {
    std::uint64_t id = 0;
    Aor aor;
    std::string contact;            // the Contact URI, byte for byte as the phone wrote it
    std::string parameters;         // the contact parameters that we keep and give back (";q=0.5;…"), without expires
    std::string instance;           // +sip.instance, empty if none
    std::vector<std::string> path;  // RFC 3327, in the order of the Path header
    std::string callId;
    std::uint32_t cseq = 0;
    std::uint16_t q = 1000;  // thousandths
    std::string account;     // the device that registered
    std::string userAgent;
    Transport transport = Transport::Udp;
    SocketAddress local;  // flow, as seen from the exchange
    SocketAddress remote;
    Clock::WallTime expiresAt;
};

class BindingStore {
public:
    /// Called on the loop thread; false if the change could not be made durable.
    using Committed = std::function<void(bool)>;

    virtual ~BindingStore() = default;

    /// Inserts or replaces `changed` (by id) and deletes `removed`, in one transaction, then calls `done`.
    virtual void commit(std::vector<StoredBinding> changed, std::vector<std::uint64_t> removed, Committed done) = 0;

    /// A binding was only renewed, by the REGISTER with this Call-ID and CSeq: written within a second, together with
    /// others; nobody waits.
    virtual void renewed(std::uint64_t id, const std::string& callId, std::uint32_t cseq,
                         Clock::WallTime expiresAt) = 0;
};

}  // namespace beffroi
