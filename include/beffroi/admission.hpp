// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the edge asks before it spends anything on a connection that a peer has opened, or answers by itself.
// Thread: loop.
#pragma once

#include "beffroi/flow.hpp"
#include "beffroi/thread_roles.hpp"

namespace beffroi {

class Admission {
public:
    virtual ~Admission() = default;

    /// False: the connection is closed without a word, before a handshake. Constant time.
    [[nodiscard]] virtual bool admitsConnection(Transport transport, const SocketAddress& remote) BEFFROI_ON_LOOP = 0;

    /// False: a STUN request that came by this flow gets no answer. Whoever forges a sender makes us send to it, so
    /// answers are few, and none goes to who is banned. Constant time.
    [[nodiscard]] virtual bool admitsProbe(const Flow& flow) BEFFROI_ON_LOOP = 0;

    /// What a peer sent instead of a handshake is nothing that a telephone sends, however old or badly set up.
    virtual void brokenHandshake(const Flow& flow) BEFFROI_ON_LOOP = 0;
};

}  // namespace beffroi
