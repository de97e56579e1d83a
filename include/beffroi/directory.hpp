// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The town's directory as the call path sees it: an immutable snapshot, published whole after each change of the
// extension plan, so that a look-up on the loop is a hash look-up and never waits for the database.
#pragma once

#include "beffroi/opening_hours.hpp"
#include "beffroi/time_zone.hpp"

#include <bitset>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace beffroi {

enum class ExtensionKind : std::uint8_t { Phone, Group, Department, Room, EchoTest, Alias };

/// Where calls go instead. Each is empty or a target (plan_target.hpp). What a telephone sets by a feature code comes
/// before what the plan says (line_states.hpp), an extension's before its person's or its department's.
struct Forwards {
    std::string always;
    std::string busy;
    std::string noAnswer;
    std::string unreachable;                // no telephone is registered, or none can be reached
    std::string closed;                     // outside the opening hours of the department
    std::chrono::seconds noAnswerAfter{0};  // 0: the ring time of the configuration
    friend bool operator==(const Forwards&, const Forwards&) = default;
};

struct Site {
    std::string id;  // short name used in the plan: "hotel-de-ville"
    std::string name;
    std::string address;          // as declared to the operator for emergency calls
    std::string insee;            // INSEE code of the commune
    std::string timeZone;         // IANA name; empty: the town's
    std::string holidays;         // region of the country's holidays, "alsace-moselle"; empty: the town's
    std::string number;           // E.164: presented outside by telephones that have no number of their own
    std::string emergencyNumber;  // E.164: presented to emergency services, for which the operator knows this address
    std::string emergencyNotify;  // extension that is told of an emergency call from here
    std::string gateway;          // id of the way outside; empty: the town's
};

struct Department {
    std::string id;
    std::string name;
    std::string parent;  // id, empty for a department at the top
    std::string head;    // person id
    std::string site;    // id: its time zone and holidays; empty: its parent's, the town's without any
    std::string hours;   // id; empty: its parent's, always open without any
    std::string number;  // of the extension that is this department's; empty: it cannot be called as such
    Forwards forwards;
};

struct Person {
    std::string id;
    std::string name;
    std::string department;      // id, may be empty
    std::string classOfService;  // id; empty: the town's
    std::string secretary;       // extension that calls ring instead of the person's, but from itself and `reachedBy`
    std::vector<std::string> reachedBy;  // extensions that reach the person past the secretary and do-not-disturb
    std::string pin;                     // Argon2id, as libsodium writes it; empty: none
    Forwards forwards;
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
    bool hotDesk = false;     // a person may log in here by PIN and take the own extension along
};

/// How the members of a group or department are rung.
enum class Strategy : std::uint8_t { All, InOrder, RoundRobin, LongestIdle };

struct Extension {
    std::string number;
    ExtensionKind kind = ExtensionKind::Phone;
    std::string label;                       // display name: the person's name, or the room's
    std::string person;                      // id, empty for a shared phone or a room
    std::string department;                  // id, may be empty
    std::vector<std::string> devices;        // accounts
    std::uint32_t maximumMembers = 0;        // of a room; 0: no limit of its own
    std::string classOfService;              // id; empty: the person's
    std::string target;                      // of an alias: what is dialled in its place
    Strategy strategy = Strategy::All;       // of a group or department
    std::vector<std::string> members;        // of a group or department: numbers, in order
    std::chrono::seconds ringTime{0};        // of a group, all in all; 0: the ring time of the configuration
    std::chrono::seconds memberRingTime{0};  // of a member, where one is rung after another; 0: 15 s
    Forwards forwards;
};

/// What a class of destinations is for whoever pays: the country's data file sorts numbers into them.
enum class NumberClass : std::uint8_t {
    Internal,
    Emergency,
    Free,
    National,
    Mobile,
    Overseas,
    SharedCost,
    Premium,
    Directory,
    International,
    Unknown
};

using NumberClasses = std::bitset<static_cast<std::size_t>(NumberClass::Unknown) + 1>;

struct ClassOfService {
    std::string id;
    std::string name;
    NumberClasses allowed;        // while `hours` are open, or always without them
    std::string hours;            // id, may be empty
    NumberClasses allowedClosed;  // outside of `hours`
    NumberClasses allowedByPin;   // besides, with the person's PIN before the number
    NumberClasses forwards;       // to which a forward or a transfer may lead outside
};

/// Opening hours by name; how they are read is opening_hours.hpp's.
struct Hours {
    std::string id;
    std::string name;
    std::vector<std::string> weekly;      // "mon-fri 08:30-12:00 13:30-17:30"
    std::vector<std::string> exceptions;  // "2026-12-24 08:30-12:00", "2026-05-15 closed"
    bool openOnHolidays = false;
    OpeningHours times;  // the same, read
};

/// Who is on call: turns that follow one another, or that are written down one by one.
struct Rota {
    std::string id;
    std::string name;
    std::vector<std::string> turns;       // "2026-11-27 12:00 0612345678": from then on, this target
    std::vector<std::string> cycle;       // targets that take turns
    std::string start;                    // "2026-01-02 12:00": the first of the cycle takes over
    std::chrono::hours period{168};       // of a turn of the cycle
    std::vector<std::string> escalation;  // targets that are rung after who is on call, in order
    std::chrono::seconds ringTime{0};     // of each; 0: the ring time of the configuration
    std::string site;                     // id: its time zone; empty: the town's
    OnCallTurns times;                    // turns, cycle and start, read
};

/// How an operator writes a number: 0327…, +33327…, 0033327… or 33327….
enum class NumberFormat : std::uint8_t { E164, National, International00, Plain };

/// A way outside: an operator's access, known by its address.
struct Gateway {
    std::string id;
    std::string name;
    std::string uri;                   // "sip:sbc.example.net;transport=tcp": next hop of calls to the outside
    std::vector<std::string> sources;  // networks that calls from outside come from; empty: none are taken
    NumberFormat called = NumberFormat::E164;
    NumberFormat calling = NumberFormat::E164;
    std::string number;                 // E.164: presented if nothing else may be
    std::vector<std::string> presents;  // numbers and ranges that may be presented here; empty: those of the plan
    bool presentsCaller = false;        // a call from outside that is forwarded outside may show who called
    std::uint32_t maximumCalls = 0;     // 0: no limit; an emergency call is never counted out
};

/// Numbers by which the outside calls in (SDA): `first` to `last`, E.164.
struct DirectNumbers {
    std::string first;
    std::string last;            // the same as first for a single number
    std::string target;          // of a single number, or of all
    std::string firstExtension;  // instead of a target: the first number is this extension, the next one the next
};

/// A number of ours for a number outside, or for a long one: "60" for the police station.
struct ShortCode {
    std::string number;
    std::string name;
    std::string target;
};

/// Who stands behind a number outside, for the display.
struct Contact {
    std::string number;  // E.164
    std::string name;
};

struct CodeChange {
    std::string code;      // as the profile writes it: "*21*"
    std::string function;  // "forward-always", "off"
};

struct Town {
    std::string name;
    std::string country = "france";  // data file of numbers and holidays
    std::string timeZone = "Europe/Paris";
    std::string holidays = "metropole";
    std::string outsidePrefix;     // digits before a number outside; empty: none is needed, and none is dialled
    std::string gateway;           // id, for sites that name none
    std::string classOfService;    // id, of who has none
    std::string codes = "france";  // profile of the feature codes; "none" switches them off
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
    Town town;
    ByName<Site> sites;
    ByName<Department> departments;
    ByName<Person> people;
    ByName<Extension> extensions;
    ByName<Device> devices;
    ByName<std::string> accountsByCertificate;
    ByName<ClassOfService> classes;
    ByName<Hours> hours;
    ByName<Rota> rotas;
    ByName<TimeZone> zones;  // by IANA name: those of the town and its sites
    ByName<Gateway> gateways;
    ByName<ShortCode> shortCodes;              // by number
    ByName<Contact> contacts;                  // by number
    std::vector<DirectNumbers> directNumbers;  // sorted by first; they do not overlap
    ByName<std::string> directNumberOf;        // the E.164 number by which the outside reaches an extension
    std::vector<CodeChange> codes;

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
