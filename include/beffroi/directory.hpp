// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The town's directory as the call path sees it: an immutable snapshot, published whole after each change of the
// extension plan, so that a look-up on the loop is a hash look-up and never waits for the database.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace beffroi {

enum class ExtensionKind : std::uint8_t { Phone, Room, EchoTest };

struct Site {
    std::string id;  // short name used in the plan: "hotel-de-ville"
    std::string name;
};

struct Department {
    std::string id;
    std::string name;
    std::string parent;  // id, empty for a department at the top
};

struct Person {
    std::string id;
    std::string name;
    std::string department;  // id, may be empty
};

/// A SIP account that one telephone uses. The password is not here: only its digests, as 32 and 64 hexadecimal digits.
/// It may have a certificate instead, or as well.
struct Device {
    std::string account;    // digest user name
    std::string extension;  // the number whose calls it takes and whose identity it has
    std::string site;       // id
    std::string ha1Md5;     // empty: MD5 is not allowed for this device
    std::string ha1Sha256;
    std::string certificate;  // a name that its TLS certificate has, in lower case; empty: none
};

struct Extension {
    std::string number;
    ExtensionKind kind = ExtensionKind::Phone;
    std::string label;                 // display name: the person's name, or the room's
    std::string person;                // id, empty for a shared phone or a room
    std::string department;            // id, may be empty
    std::vector<std::string> devices;  // accounts
    std::uint32_t maximumMembers = 0;  // of a room; 0: no limit of its own
};

/// Thread: any. Never changes once published.
struct DirectorySnapshot {
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
    };
    template <typename T>
    using ByName = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

    std::uint64_t revision = 0;  // grows with every change of the plan
    std::string realm;           // for which the digests were made
    ByName<Site> sites;
    ByName<Department> departments;
    ByName<Person> people;
    ByName<Extension> extensions;
    ByName<Device> devices;
    ByName<std::string> accountsByCertificate;

    [[nodiscard]] const Extension* extension(std::string_view number) const {
        const auto found = extensions.find(number);
        return found == extensions.end() ? nullptr : &found->second;
    }
    [[nodiscard]] const Device* device(std::string_view account) const {
        const auto found = devices.find(account);
        return found == devices.end() ? nullptr : &found->second;
    }
    /// The device whose certificate has this name, written in lower case.
    [[nodiscard]] const Device* deviceOfCertificate(std::string_view name) const {
        const auto found = accountsByCertificate.find(name);
        return found == accountsByCertificate.end() ? nullptr : device(found->second);
    }
};

class Directory {
public:
    virtual ~Directory() = default;
    /// Thread: loop. Cheap; hold the pointer for as long as one decision takes.
    [[nodiscard]] virtual std::shared_ptr<const DirectorySnapshot> snapshot() const = 0;
};

}  // namespace beffroi
