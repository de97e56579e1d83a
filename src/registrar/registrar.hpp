// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The registrar (RFC 3261 §10.3, Path of RFC 3327, instances and flows of RFC 5626): turns REGISTER requests into
// bindings, and answers only what is as durable as ARCHITECTURE promises: a binding that is new, moved or removed after
// its commit, one that is only renewed at once. Thread: loop.
#pragma once

#include "beffroi/binding_store.hpp"
#include "beffroi/directory.hpp"
#include "beffroi/network.hpp"
#include "beffroi/scheduler.hpp"
#include "beffroi/security_event.hpp"
#include "registrar/binding_table.hpp"
#include "sip/message.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

namespace beffroi::registrar {

struct RegistrarSettings {
    std::string domain;  // of every address-of-record in the store
    std::chrono::seconds minimumExpires{60};
    std::chrono::seconds maximumExpires{7200};
    std::chrono::seconds defaultExpires{3600};
    std::size_t maximumContacts = 5;      // of one extension
    std::chrono::seconds flowTimer{120};  // between keep-alives of telephones that watch over their flows
};

/// That an answer refuses what somebody tried who looks after the exchange's safety wants to know of.
struct Concern {
    SecurityEvent::Kind kind;
    std::string_view reason;
};

class Registrar {
public:
    using Reply = std::function<void(sip::Message answer, std::optional<Concern> concern)>;

    Registrar(Scheduler& scheduler, Network& network, BindingStore& store, RegistrarSettings settings);

    /// Handles a REGISTER that was authenticated as `device`. `reply` is called once, now or after a commit.
    /// `ownDomain` says that the host of a URI is a domain or address of ours.
    void handle(const sip::Message& request, const Flow& flow, const Device& device, std::string_view toTag,
                const std::function<bool(std::string_view host)>& ownDomain, Reply reply) BEFFROI_ON_LOOP;

    /// Bindings from before a restart; they live at least 60 s more, so that a phone has time to renew.
    void restore(const std::vector<StoredBinding>& stored) BEFFROI_ON_LOOP;

    /// A flow is dead, of whichever transport: its bindings lead nowhere any more (RFC 5626 §4.2.2).
    void flowFailed(const Flow& flow) BEFFROI_ON_LOOP;

    /// A UDP flow is silent: the bindings of those who had promised to be heard lead nowhere any more (§4.4.1).
    void flowSilent(const Flow& flow) BEFFROI_ON_LOOP;

    /// The bindings of a removed extension or device are dropped.
    void keepOnly(const DirectorySnapshot& directory) BEFFROI_ON_LOOP;

    [[nodiscard]] const BindingTable& table() const noexcept { return table_; }

    /// The flow by which a contact URI is reached, if a phone of ours registered it.
    [[nodiscard]] std::optional<Flow> flowOf(const sip::UriView& contact) const BEFFROI_ON_LOOP;

private:
    struct Asked;   // what one REGISTER asks for, checked
    struct Change;  // what it does to the bindings of its extension
    struct Refusal {
        int status;
        std::string_view reason;
        std::optional<SecurityEvent::Kind> kind{};
        [[nodiscard]] std::optional<Concern> concern() const {
            return kind ? std::optional{Concern{*kind, reason}} : std::nullopt;
        }
    };
    [[nodiscard]] static Refusal malformed(std::string_view reason);
    [[nodiscard]] std::variant<Asked, Refusal> read(const sip::Message& request, const Flow& flow,
                                                    const Device& device) const BEFFROI_ON_LOOP;
    [[nodiscard]] std::optional<Refusal> readContacts(const sip::Message& request, Asked& asked) const;
    void process(const std::string& extension, const sip::Message& request, const Asked& asked, std::string_view toTag,
                 const Reply& reply) BEFFROI_ON_LOOP;
    [[nodiscard]] std::variant<Change, Refusal> apply(const std::string& extension, const Asked& asked) BEFFROI_ON_LOOP;
    [[nodiscard]] std::optional<Refusal> removeAll(const Asked& asked, Change& change) const;
    [[nodiscard]] std::optional<Refusal> applyOne(const Asked& asked, Binding wanted, std::chrono::seconds expires,
                                                  Change& change);
    [[nodiscard]] static std::optional<Refusal> supersede(const Asked& asked, const Binding& wanted, Change& change);
    void commit(const std::string& extension, const sip::Message& request, const Asked& asked, Change change,
                std::string toTag, Reply reply) BEFFROI_ON_LOOP;
    void committed(const std::string& extension, std::vector<Binding> bindings) BEFFROI_ON_LOOP;
    void finished(const std::string& extension) BEFFROI_ON_LOOP;
    /// Replaces the bindings of an extension, and lets go of the flows that nobody has to watch any more.
    void replace(const std::string& extension, std::vector<Binding> bindings) BEFFROI_ON_LOOP;
    [[nodiscard]] bool isWatchedFlow(const Flow& flow) const BEFFROI_ON_LOOP;
    /// Nothing is expected of the flow any more, unless a binding that lives relies on it.
    void letGo(const Flow& flow) BEFFROI_ON_LOOP;
    /// Removes bindings of an extension of which their telephones do not know, now or when the commit for it that is
    /// under way is over.
    void drop(const std::string& extension, std::function<bool(const Binding&)> isGone) BEFFROI_ON_LOOP;
    [[nodiscard]] static std::optional<Refusal> readFlowId(const sip::Message& request, Asked& asked);
    /// How often a telephone that registers over `flow` is to say that it is there.
    [[nodiscard]] std::chrono::seconds flowTimerOf(const Flow& flow) const;
    void watch(const Flow& flow) BEFFROI_ON_LOOP;
    [[nodiscard]] sip::Message accepted(const std::string& extension, const sip::Message& request, const Asked& asked,
                                        std::string_view toTag) BEFFROI_ON_LOOP;
    [[nodiscard]] std::optional<Flow> restoredFlow(const StoredBinding& row) BEFFROI_ON_LOOP;
    [[nodiscard]] StoredBinding stored(const std::string& extension, const Binding& binding) const;
    void sweep();

    const Clock& clock_;
    Network& network_;
    BindingStore& store_;
    RegistrarSettings settings_;
    BindingTable table_;
    Timer sweepTimer_;
    std::uint64_t nextId_ = 1;
    std::unordered_set<Flow> watched_;  // so that the others, each perhaps of thousands, need not be looked through
    // What waits until the REGISTER before it for the same extension is committed.
    std::unordered_map<std::string, std::deque<std::function<void()>>> waiting_;
};

}  // namespace beffroi::registrar
