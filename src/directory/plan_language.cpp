// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/plan_language.hpp"

#include "directory/plan_declarations.hpp"

#include <array>

namespace beffroi::directory {
namespace declarations {
namespace {

Table town() {
    Table table{.id = TableId::Town, .name = "town", .article = "the", .words = "town", .sqlName = "town"};
    table.help = "The town itself, once: what holds wherever nothing else is said.";
    table.fields = {
        at<&Plan::town, &Town::name>(name("Its name")),
        at<&Plan::realm>(Field{.key = "realm",
                               .help =
                                   "That of the configuration (`sip.realm`, or else the first of `sip.domains`); it "
                                   "is part of every password's digest"}),
        at<&Plan::town, &Town::country>(Field{.key = "country",
                                              .type = Identifier,
                                              .help = "Whose numbers, emergency numbers and holidays are known; "
                                                      "`france` without it"}),
        at<&Plan::town, &Town::timeZone>(
            Field{.key = "time-zone",
                  .help = "IANA name of the time that its hours are written in; `Europe/Paris` without it",
                  .example = "`Indian/Reunion`",
                  .refuses = refusesZone}),
        at<&Plan::town, &Town::holidays>(
            Field{.key = "holidays",
                  .type = Identifier,
                  .help = "Region of the country's public holidays; `metropole` without it"}),
        at<&Plan::town, &Town::outsidePrefix>(Field{.key = "outside-prefix",
                                                    .help =
                                                        "Digits that are dialled before a number outside; without it "
                                                        "none are needed, and none are dialled",
                                                    .example = "`0`",
                                                    .refuses = refusesPrefix}),
        at<&Plan::town, &Town::gateway>(refer("gateway", TableId::Gateway, "The way outside of sites that name none")),
        at<&Plan::town, &Town::classOfService>(refer("class-of-service", TableId::ClassOfService,
                                                     "What may be dialled by those for whom nothing is said")),
        at<&Plan::town, &Town::codes>(Field{.key = "codes",
                                            .type = Identifier,
                                            .help =
                                                "Profile of the feature codes; `france` without it, `none` switches "
                                                "them off"}),
    };
    static const Plan kBlank{};
    table.blank = &kBlank;
    table.find = [](const Plan& plan, const std::string&) -> const void* { return &plan; };
    table.insert = [](Plan& plan, const std::string&) -> void* { return &plan; };
    table.erase = [](Plan&, const std::string&) { return false; };
    table.pairs = [](const Plan& before, const Plan& after, const OnPair& take) { take("", &before, &after); };
    return table;
}

Table site() {
    auto table = in<&Plan::sites, &Site::id>(
        {.id = TableId::Site, .name = "site", .article = "a", .words = "site", .sqlName = "sites"});
    table.help = "A place where telephones stand: a building with one address.";
    table.fields = {
        at<&Site::id>(identifier()),
        at<&Site::name>(name("What people call it")),
        at<&Site::address>(
            Field{.key = "address", .help = "Street and town, as declared to the operator for emergency calls"}),
        at<&Site::insee>(Field{.key = "insee",
                               .help = "INSEE code of the commune",
                               .example = "`59350`, `2A004`",
                               .refuses = refusesInsee}),
        at<&Site::timeZone>(Field{.key = "time-zone",
                                  .help = "IANA name; the town's without it",
                                  .example = "`Indian/Reunion`",
                                  .refuses = refusesZone}),
        at<&Site::holidays>(Field{
            .key = "holidays", .type = Identifier, .help = "Region of the public holidays; the town's without it"}),
        at<&Site::number>(Field{.key = "number",
                                .type = Outside,
                                .help = "Presented outside by telephones that have no direct number of their own"}),
        at<&Site::emergencyNumber>(Field{.key = "emergency-number",
                                         .type = Outside,
                                         .help =
                                             "Presented to the emergency services: the number for which the operator "
                                             "knows this address"}),
        at<&Site::emergencyNotify>(refer("emergency-notify", TableId::Extension,
                                         "Extension that is told when somebody here calls an emergency number")),
        at<&Site::gateway>(refer("gateway", TableId::Gateway, "Its way outside; the town's without it")),
    };
    return table;
}

Table department() {
    auto table = in<&Plan::departments, &Department::id>({.id = TableId::Department,
                                                          .name = "department",
                                                          .article = "a",
                                                          .words = "department",
                                                          .sqlName = "departments"});
    table.help = "A part of the administration. Its number is an extension of kind `department`.";
    table.fields = {
        at<&Department::id>(identifier()),
        at<&Department::name>(name("What people call it")),
        at<&Department::parent>(refer("parent", TableId::Department, "What it is a part of; left out at the top")),
        at<&Department::head>(refer("head", TableId::Person, "Who leads it")),
        at<&Department::site>(
            refer("site", TableId::Site, "Whose time zone and holidays it has; the town's without it")),
        at<&Department::hours>(
            refer("hours", TableId::Hours, "When it is open; its parent's without it, and always open without any")),
    };
    addForwards<&Department::forwards>(table.fields);
    return table;
}

Table person() {
    auto table = in<&Plan::people, &Person::id>(
        {.id = TableId::Person, .name = "person", .article = "a", .words = "person", .sqlName = "people"});
    table.help = "Somebody who works for the town, with any number of extensions.";
    table.fields = {
        at<&Person::id>(identifier()),
        at<&Person::name>(name("First and last name, as telephones show them")),
        at<&Person::department>(refer("department", TableId::Department, "Where the person works")),
        at<&Person::classOfService>(
            refer("class-of-service", TableId::ClassOfService, "What may be dialled; the town's without it")),
        at<&Person::secretary>(refer("secretary", TableId::Extension,
                                     "Extension that rings instead of the person's own, but for calls from itself and "
                                     "from `reached-by`")),
        at<&Person::reachedBy>(Field{.key = "reached-by",
                                     .type = References,
                                     .help = "Extensions that reach the person past the secretary and past "
                                             "do-not-disturb",
                                     .refers = TableId::Extension}),
        Field{.key = "pin",
              .type = InFile,
              .help =
                  "Digits by which the person logs in at a hot-desk telephone and dials what only a PIN allows: 4 to "
                  "12, not easy to guess. A hash of it is stored, never itself; without `pin` the one that is stored "
                  "stays, and `pin = false` takes it away",
              .example = "digits in quotes, or `false`"},
        at<&Person::pin>(Field{.key = "pin-hash",
                               .type = Secret,
                               .help = "Argon2id of a PIN instead of the PIN, as `beffroi plan export` writes it",
                               .refuses = refusesPinHash}),
    };
    addForwards<&Person::forwards>(table.fields);
    return table;
}

Table extension() {
    auto table = in<&Plan::extensions, &Extension::number>({.id = TableId::Extension,
                                                            .name = "extension",
                                                            .article = "an",
                                                            .words = "extension",
                                                            .sqlName = "extensions"});
    table.help = "Something that can be dialled within the town.";
    constexpr std::string_view kOnlyGroups = "only a group or a department has members";
    constexpr std::string_view kOnlyRinging = "only a group or a department rings several";
    table.fields = {
        at<&Extension::number>(Field{.key = "number",
                                     .type = Digits,
                                     .help = "2 to 15 digits; an emergency number (15, 17, 18, 112 …) is refused"}),
        at<&Extension::kind>(Field{.key = "kind",
                                   .type = Choice,
                                   .help = "`phone` unless it is said: a person's or a shared telephone",
                                   .words = kKindWords}),
        at<&Extension::label>(
            Field{.key = "label", .help = "Shown on the telephones that it calls; the person's name without it"}),
        at<&Extension::person>(refer("person", TableId::Person, "Whose it is")),
        at<&Extension::department>(refer("department", TableId::Department,
                                         "Where it belongs; of kind `department`: which one is called by it")),
        of(kRooms, "only a room has members",
           at<&Extension::maximumMembers>(
               Field{.key = "maximum-members",
                     .type = Count,
                     .help = "Of a room; without it a room is as large as the machine carries",
                     .least = 1,
                     .most = 1000})),
        at<&Extension::classOfService>(
            refer("class-of-service", TableId::ClassOfService, "What may be dialled; the person's without it")),
        of(kAliases, "only an alias stands for something else",
           at<&Extension::target>(target("target", "Of an alias: what is called in its place"))),
        of(kRinging, kOnlyRinging,
           at<&Extension::strategy>(
               Field{.key = "strategy",
                     .type = Choice,
                     .help = "How the members ring: `all` at once without it, `in-order` from the first on, "
                             "`round-robin` from the next one on, or `longest-idle` first",
                     .words = kStrategyWords})),
        of(kRinging, kOnlyGroups,
           at<&Extension::members>(Field{.key = "members",
                                         .type = References,
                                         .help = "Extensions that ring, in their order",
                                         .refers = TableId::Extension})),
        of(kRinging, kOnlyRinging,
           at<&Extension::ringTime>(
               lasts("ring-time", 5, 10 * kMinute,
                     "How long the members ring, all in all; without it as long as the configuration says"))),
        of(kRinging, kOnlyRinging,
           at<&Extension::memberRingTime>(
               lasts("member-ring-time", 3, 2 * kMinute,
                     "How long one member rings where one follows another; 15s without it"))),
    };
    addForwards<&Extension::forwards>(table.fields, kForwarding);
    return table;
}

Table device() {
    auto table = in<&Plan::devices, &Device::account>(
        {.id = TableId::Device, .name = "device", .article = "a", .words = "device", .sqlName = "devices"});
    table.help =
        "A telephone, or a program that is one. Several devices may have the same extension: all of them ring.";
    table.fields = {
        at<&Device::account>(Field{.key = "account",
                                   .type = Identifier,
                                   .help = "What it authenticates with: letters, digits, '.', '-' and '_'; not another "
                                           "extension's number"}),
        needed(at<&Device::extension>(
            refer("extension", TableId::Extension, "The number whose calls it takes and whose identity it has"))),
        at<&Device::site>(refer("site", TableId::Site, "Where it stands")),
        at<&Device::certificate>(Field{.key = "certificate",
                                       .help =
                                           "A name of its TLS certificate (a DNS name, a `sip:` address or the common "
                                           "name): whoever proves on his connection that he has it is this device, "
                                           "without a password ([security.md](security.md))",
                                       .example = "`sep1.mairie.example`",
                                       .refuses = refusesCertificate}),
        at<&Device::hotDesk>(Field{.key = "hot-desk",
                                   .type = Flag,
                                   .help = "A person may log in here by PIN and take the own extension along"}),
        Field{.key = "password",
              .type = InFile,
              .help = "At least 12 characters, 5 different ones. Digests of it are stored, never itself. `false`: the "
                      "certificate alone opens the device",
              .example = "text, or `false`"},
        Field{.key = "md5",
              .type = InFile,
              .help = "`false`: this telephone must use SHA-256, also with a password that it has already or that is "
                      "generated",
              .example = "`true` or `false`"},
        at<&Device::ha1Sha256>(Field{.key = "ha1-sha256",
                                     .type = Secret,
                                     .help = "Digest instead of a password, as `beffroi plan export` writes it",
                                     .refuses = refusesSha256}),
        at<&Device::ha1Md5>(
            Field{.key = "ha1-md5", .type = Secret, .help = "Likewise, beside a `ha1-sha256`", .refuses = refusesMd5}),
    };
    return table;
}

}  // namespace

std::span<const Table> all() {
    static const std::array kTables{town(),          site(),      gateway(),   hours(),  classOfService(),
                                    department(),    person(),    extension(), device(), rota(),
                                    directNumbers(), shortCode(), contact(),   code()};
    return kTables;
}

}  // namespace declarations

std::span<const Table> planTables() { return declarations::all(); }

const Table& planTable(TableId id) {
    static const auto kById = [] {
        std::array<const Table*, static_cast<std::size_t>(TableId::Code) + 1> byId{};
        for (const auto& table : planTables()) byId[static_cast<std::size_t>(table.id)] = &table;
        return byId;
    }();
    return *kById[static_cast<std::size_t>(id)];
}

const Table* planTable(std::string_view name) {
    for (const auto& table : planTables()) {
        if (table.name == name) return &table;
    }
    return nullptr;
}

const Field* Table::field(std::string_view key) const noexcept {
    for (const auto& each : fields) {
        if (each.key == key) return &each;
    }
    return nullptr;
}

}  // namespace beffroi::directory
