// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who can be reached where, and until when: the bindings of every extension (RFC 3261 §10), in memory.
// Thread: loop. Time: only from the Clock it is given. Storage: none; BindingStore persists copies.
#pragma once

#include "beffroi/clock.hpp"
#include "beffroi/flow.hpp"
#include "beffroi/thread_roles.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace beffroi::registrar {

/// One contact that a phone asked to be reached at.
struct Binding {
    std::uint64_t id = 0;
    std::string contact;     // the URI, byte for byte
    std::string parameters;  // contact parameters as given, without expires: ";q=0.5;+sip.instance=…"
    std::string instance;    // +sip.instance, with reg-id if it is one flow of several; empty if none
    std::vector<std::string> path;
    std::string callId;
    std::string account;
    std::string userAgent;
    std::optional<Flow> flow;  // nothing: the contact is connected to by its URI
    SocketAddress local;
    std::uint32_t cseq = 0;
    std::uint16_t q = 1000;  // thousandths
    Clock::TimePoint expiresAt{};
    std::int64_t comesUpAt = 0;  // the table's own: the second under which it is noted as due
};

/// The reg-id of one of a telephone's flows as it stands at the end of Binding::instance (RFC 5626 §6).
inline constexpr std::string_view kRegId = ";reg-id=";

/// True if its telephone watches over its flow, and we do (RFC 5626).
[[nodiscard]] inline bool isOutbound(const Binding& binding) noexcept {
    return binding.instance.find(kRegId) != std::string::npos;
}
/// True if nothing is between the two: the telephone's keep-alives reach us, not a proxy of its own before us.
[[nodiscard]] inline bool isWatched(const Binding& binding) noexcept {
    return isOutbound(binding) && binding.flow && binding.path.empty();
}
/// True if both are flows of one and the same telephone, of which one is enough to reach it (RFC 5626 §7).
[[nodiscard]] bool sameInstance(const Binding& a, const Binding& b) noexcept;

class BindingTable {
public:
    explicit BindingTable(const Clock& clock) : clock_{clock} {}

    /// All bindings of an extension, oldest first, also those that have just expired.
    [[nodiscard]] const std::vector<Binding>& of(std::string_view extension) const BEFFROI_ON_LOOP;

    /// Replaces the bindings of an extension.
    void replace(const std::string& extension, std::vector<Binding> bindings) BEFFROI_ON_LOOP;

    /// The bindings that have not expired, by q from high to low, the most recent first among equals.
    [[nodiscard]] std::vector<const Binding*> live(std::string_view extension) const BEFFROI_ON_LOOP;

    /// Removes what has expired and returns it, but for extensions that are `busy`: they are asked again a second
    /// later. Costs what expires, not what is kept.
    [[nodiscard]] std::vector<Binding> expire(const std::function<bool(const std::string& extension)>& busy)
        BEFFROI_ON_LOOP;

    /// The extensions that have bindings by this flow, each once.
    [[nodiscard]] std::vector<std::string> withFlow(const Flow& flow) const BEFFROI_ON_LOOP;

    /// The extensions with a binding whose contact has this user part, escapes undone.
    [[nodiscard]] const std::vector<std::string>& withContactUser(std::string_view user) const BEFFROI_ON_LOOP;

    void forEach(const std::function<void(const std::string& extension, const Binding&)>& visit) const BEFFROI_ON_LOOP;
    [[nodiscard]] std::size_t size() const noexcept { return count_; }

private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
    };
    struct Due {
        std::string extension;
        std::uint64_t id;
    };
    using Extensions = std::unordered_map<std::string, std::vector<std::string>, TextHash, std::equal_to<>>;
    void note(const std::string& extension, const Binding& binding);
    void forget(const std::string& extension, const Binding& binding);
    void comeUp(const std::string& extension, Binding& binding, std::int64_t second);
    [[nodiscard]] std::optional<Binding> expireOne(const Due& due, std::int64_t second, bool busy);

    const Clock& clock_;  // outlives us: both belong to the application
    std::unordered_map<std::string, std::vector<Binding>, TextHash, std::equal_to<>> bindings_;
    std::map<std::int64_t, std::vector<Due>> due_;  // by second; an entry counts if its binding says the same
    std::unordered_map<Flow, std::vector<std::string>> byFlow_;  // as byContactUser_, of those that have a flow
    Extensions byContactUser_;                                   // the extension, one entry for each binding
    std::size_t count_ = 0;
};

}  // namespace beffroi::registrar
