// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Tells a telephone something that is nobody's call: it rings with the words in the caller's name, which every desk
// telephone shows and keeps as a missed call, and gets them as a MESSAGE (RFC 3428), which many show. Whoever answers
// is hung up on at once: there is nobody at the other end.
// Thread: loop. Lifetime: kept by the proxy until it is over, and by its transactions.
#pragma once

#include "beffroi/network.hpp"
#include "beffroi/scheduler.hpp"
#include "proxy/fork_plan.hpp"
#include "sip/client_transaction.hpp"

#include <memory>
#include <string>

namespace beffroi::sip {
class TransactionLayer;
}

namespace beffroi::proxy {

struct Notice {
    std::string id;    // unique; a token
    std::string from;  // name-addr without a tag: the words, and a number to call back
    std::string to;    // likewise
    std::string text;  // UTF-8, of the MESSAGE
    Clock::Duration ringTime = std::chrono::seconds{30};
};

class NoticeCall final : public sip::ClientTransactionUser, public std::enable_shared_from_this<NoticeCall> {
public:
    /// What it is given must outlive it.
    NoticeCall(sip::TransactionLayer& transactions, Network& network, Scheduler& scheduler, Notice notice,
               Branch telephone);

    /// False: the telephone has no way to it now.
    bool start() BEFFROI_ON_LOOP;
    /// It rings no more.
    [[nodiscard]] bool over() const noexcept { return over_; }

    // sip::ClientTransactionUser
    void onResponse(sip::ClientTransaction& transaction, sip::Message response) BEFFROI_ON_LOOP override;
    void onTimeout(sip::ClientTransaction&) BEFFROI_ON_LOOP override {}
    void onTransportError(sip::ClientTransaction&) BEFFROI_ON_LOOP override {}

private:
    [[nodiscard]] sip::Message request(const char* method, unsigned cseq, std::string_view toTag) const;
    void hangUp(const sip::Message& accepted) BEFFROI_ON_LOOP;

    sip::TransactionLayer& transactions_;
    Network& network_;
    Notice notice_;
    Branch telephone_;
    std::shared_ptr<sip::ClientTransaction> invite_;
    Timer ringTimer_;
    bool over_ = false;
};

}  // namespace beffroi::proxy
