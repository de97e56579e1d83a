// SPDX-License-Identifier: AGPL-3.0-or-later
#include "proxy/notice.hpp"

#include "sip/transaction_layer.hpp"

namespace beffroi::proxy {
namespace {

// Nothing is ever sent: an offer that asks for nothing.
std::string silentOffer(const SocketAddress& own) {
    const std::string kind{own.isV6() ? "IP6 " : "IP4 "};
    return "v=0\r\no=beffroi 1 1 IN " + kind + own.host() + "\r\ns=-\r\nc=IN " + kind + own.host() +
           "\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\na=inactive\r\n";
}

}  // namespace

NoticeCall::NoticeCall(sip::TransactionLayer& transactions, Network& network, Scheduler& scheduler, Notice notice,
                       Branch telephone)
    : transactions_{transactions},
      network_{network},
      notice_{std::move(notice)},
      telephone_{std::move(telephone)},
      ringTimer_{scheduler, [this] {
                     assertOnLoop();
                     over_ = true;
                     if (invite_) invite_->cancel();
                 }} {}

sip::Message NoticeCall::request(const char* method, unsigned cseq, std::string_view toTag) const {
    auto message = sip::Message::request(method, telephone_.requestUri);
    for (const auto& route : telephone_.routes) message.add("Route", route);
    message.add("Max-Forwards", "70");
    message.add("From", notice_.from + ";tag=" + notice_.id);
    message.add("To", toTag.empty() ? notice_.to : notice_.to + ";tag=" + std::string{toTag});
    message.add("Call-ID", notice_.id + '-' + (message.method() == sip::Method::Message ? "text" : "ring"));
    message.add("CSeq", std::to_string(cseq) + ' ' + method);
    return message;
}

bool NoticeCall::start() {
    if (!telephone_.flow || !network_.alive(*telephone_.flow)) return false;
    const auto& own = network_.localAddress(*telephone_.flow);
    auto text = request("MESSAGE", 1, {});
    text.setBody("text/plain;charset=UTF-8", notice_.text);
    transactions_.send(std::move(text), *telephone_.flow, nullptr);

    auto invite = request("INVITE", 1, {});
    std::string contact{"<sip:notice@" + std::string{own.uriHost()} + ':' + std::to_string(own.port())};
    if (telephone_.flow->transport == Transport::Tcp) contact += ";transport=tcp";
    if (telephone_.flow->transport == Transport::Tls) contact += ";transport=tls";
    invite.add("Contact", contact + '>');
    invite.add("Priority", "emergency");
    invite.add("Allow", "INVITE, ACK, CANCEL, BYE");
    invite.setBody("application/sdp", silentOffer(own));
    ringTimer_.start(notice_.ringTime);
    invite_ = transactions_.send(std::move(invite), *telephone_.flow, shared_from_this());
    return true;
}

void NoticeCall::onResponse(sip::ClientTransaction& transaction, sip::Message response) {
    if (&transaction != invite_.get() || response.status() < 200) return;
    over_ = true;
    ringTimer_.stop();
    if (response.status() < 300) hangUp(response);
}

void NoticeCall::hangUp(const sip::Message& accepted) {
    const auto contact = accepted.header("Contact");
    const auto target = contact ? sip::parseNameAddr(*contact) : std::nullopt;
    const auto send = [&](const char* method, unsigned cseq) {
        auto message = request(method, cseq, accepted.to().tag());
        if (target) message.setRequestUri(target->uri.text);
        return message;
    };
    transactions_.sendAck(send("ACK", 1), *telephone_.flow);
    transactions_.send(send("BYE", 2), *telephone_.flow, nullptr);
}

}  // namespace beffroi::proxy
