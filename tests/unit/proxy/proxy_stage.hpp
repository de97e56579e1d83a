// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The proxy between telephones of the test's own: what comes in is forwarded along the plan that the test has laid out,
// what goes out is heard by the telephone that it is sent to. Plays the part of the routing chain, without its rules.
#pragma once

#include "base/timer_wheel.hpp"
#include "proxy/proxy.hpp"
#include "support/ear.hpp"
#include "support/fake_call_record_store.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_resolver.hpp"
#include "support/sip_messages.hpp"
#include "support/wire.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace beffroi::test {

class ProxyStage : public sip::TransactionUser {
public:
    explicit ProxyStage(Clock::Duration timerC = 185s)
        : proxy{transactions,
                wire,
                resolver,
                wheel,
                calls,
                {timerC, {1, 2, 3}},
                [this](const sip::UriView& contact) { return registered(contact); },
                [](std::string_view host) { return host == "town.example"; }} {
        assertOnLoop();
        transactions.setUser(*this);
    }

    void onRequest(const std::shared_ptr<sip::ServerTransaction>& transaction) override {
        assertOnLoop();
        if (const auto status = proxy.refusalOf(transaction->request())) return transaction->respond(*status);
        const auto flows = proxy.takeOwnRoutes(transaction->request());
        if (!transaction->request().to().tag().empty()) {
            if (!flows) return transaction->respond(481);
            return proxy.forwardInDialog(transaction, *flows);
        }
        std::shared_ptr<proxy::ForkObserver> observer;
        if (transaction->isInvite()) {
            transaction->respond(100);
            observer = calls.begin(transaction->request(), {"2101", "Alice", "2101-bureau"}, "2102");
        }
        proxy.forward(transaction, plan, std::move(observer));
    }
    void onAck(sip::Message ack, const Flow&) override {
        assertOnLoop();
        proxy.forwardAck(std::move(ack));
    }
    void onCancel(sip::ServerTransaction& invite, const sip::Message& cancel) override {
        assertOnLoop();
        proxy.cancel(invite, cancel);
    }

    void receive(const Flow& from, std::string_view text) {
        assertOnLoop();
        transactions.onMessage(from, text);
    }
    void fail(const Flow& flow) {
        assertOnLoop();
        wire.kill(flow);
        transactions.onFlowFailed(flow);
    }
    void pass(Clock::Duration time) {
        while (time > Clock::Duration::zero()) {
            const auto step = std::min(time, std::max<Clock::Duration>(wheel.untilNext().value_or(time), 1ms));
            clock.advance(step);
            wheel.advance();
            time -= step;
        }
    }

    [[nodiscard]] Lines heard(const Flow& flow) { return ear.heard(flow); }
    [[nodiscard]] sip::Message last(const Flow& flow, const std::string& line) const { return ear.last(flow, line); }
    [[nodiscard]] std::size_t sendings(const Flow& flow) { return ear.sendings(flow); }

    /// The telephone on this flow answers the latest request of this method that it was sent.
    void answer(const Flow& phone, const std::string& method, int status, std::string_view tag,
                std::string_view more = {}) {
        static_cast<void>(heard(phone));
        receive(phone, answerTo(ear.text(phone, method), status, tag, more));
    }

    [[nodiscard]] static proxy::Branch branch(const Flow& flow, const std::string& name) {
        return {"sip:" + name + '@' + flow.remote.host(), {}, flow, name};
    }
    /// One round more of the last stage.
    void ring(std::vector<proxy::Branch> branches, Clock::Duration timeout = {}) {
        if (plan.stages.empty()) plan.stages.emplace_back();
        plan.stages.back().rounds.push_back({std::move(branches), timeout});
    }
    /// One stage more, of one round.
    proxy::ForkStage& stage(std::vector<proxy::Branch> branches, Clock::Duration timeout = {}) {
        plan.stages.emplace_back().rounds.push_back({std::move(branches), timeout});
        return plan.stages.back();
    }

    FakeClock clock;
    base::TimerWheel wheel{clock};
    Wire wire;
    Ear ear{wire};
    FakeResolver resolver;
    sip::Reader reader;
    sip::TransactionLayer transactions{wire, wheel, reader, {}, 1, [] { return std::string{"ours"}; }};
    FakeCallRecordStore records;
    int ids = 0;
    proxy::CallTable calls{wheel, records, [this] { return std::to_string(++ids); }, 12h};
    proxy::ForkPlan plan;
    std::map<std::string, Flow> registrations;  // by contact URI
    proxy::Proxy proxy;

private:
    [[nodiscard]] std::optional<Flow> registered(const sip::UriView& contact) const {
        const auto found = registrations.find(std::string{contact.text});
        if (found == registrations.end()) return std::nullopt;
        return found->second;
    }
};

}  // namespace beffroi::test
