// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is said to a caller instead of a bare status: the call goes to the bridge, which speaks.
// - A code that was obeyed is answered (200): the telephone shows a call, and its user hears the confirmation.
// - A refusal is early media (183 with a session, then the status): desk phones play that as they play what operators
//   say, the call costs nothing and counts as missed by nobody, and telephone and call record get the true status. A
//   telephone that plays none has its own tone for the status, as it has when the bridge is down.
// Thread: loop.
#pragma once

#include "app/route_execution.hpp"
#include "proxy/proxy.hpp"
#include "sip/server_transaction.hpp"

#include <memory>
#include <string>

namespace beffroi::app {

class SpokenAnswers {
public:
    struct Parts {
        proxy::Proxy& proxy;
        proxy::CallTable& calls;
        const RouteExecution& execution;
    };
    using Transaction = std::shared_ptr<sip::ServerTransaction>;

    explicit SpokenAnswers(const Parts& parts) : parts_{parts} {}

    /// Answers an INVITE with `announcement`, then ends the call; 480 if it cannot be said.
    void say(const Transaction& transaction, const proxy::CallTable::Caller& caller, const std::string& dialled,
             const std::string& announcement) const BEFFROI_ON_LOOP;
    /// Refuses with `status`, said before if it is an INVITE and there is something to say.
    void refuse(const Transaction& transaction, const proxy::CallTable::Caller& caller, const std::string& dialled,
                int status, const std::string& announcement, CallKind kind) const BEFFROI_ON_LOOP;

private:
    void forward(const Transaction& transaction, const proxy::CallTable::Caller& caller, const std::string& dialled,
                 proxy::Branch branch, int failure, CallKind kind) const BEFFROI_ON_LOOP;

    Parts parts_;
};

}  // namespace beffroi::app
