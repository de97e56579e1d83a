// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The tables of the plan's language that say when and where calls go: hours, rights, rotas, and the outside.

#include "directory/plan_declarations.hpp"

namespace beffroi::directory::declarations {

Table classOfService() {
    auto table = in<&Plan::classes, &ClassOfService::id>({.id = TableId::ClassOfService,
                                                          .name = "class-of-service",
                                                          .article = "a",
                                                          .words = "class of service",
                                                          .sqlName = "classes_of_service"});
    table.help = "What somebody may dial. Emergency numbers are always allowed, whatever stands here.";
    table.fields = {
        at<&ClassOfService::id>(identifier()),
        at<&ClassOfService::name>(name("What it is for")),
        at<&ClassOfService::allowed>(classes(
            "allowed", "Classes of numbers that may be dialled while `hours` are open, or always without `hours`")),
        at<&ClassOfService::hours>(refer("hours", TableId::Hours, "When `allowed` holds")),
        at<&ClassOfService::allowedClosed>(classes("allowed-closed", "Classes that may be dialled outside of `hours`")),
        at<&ClassOfService::allowedByPin>(
            classes("allowed-by-pin", "Classes that may be dialled besides, with the person's PIN")),
        at<&ClassOfService::forwards>(
            classes("forwards", "Classes to which a forward or a transfer may lead; none outside without it")),
    };
    return table;
}

Table hours() {
    auto table = in<&Plan::hours, &Hours::id>(
        {.id = TableId::Hours, .name = "hours", .article = "the", .words = "hours", .sqlName = "hours"});
    table.help = "Opening hours, for any number of departments.";
    table.fields = {
        at<&Hours::id>(identifier()),
        at<&Hours::name>(name("What they are called")),
        at<&Hours::weekly>(Field{.key = "weekly",
                                 .type = Texts,
                                 .help = "Days and their times; a day that is not named is closed",
                                 .example = "`[\"mon-fri 08:30-12:00 13:30-17:30\", \"sat 09:00-12:00\"]`"}),
        at<&Hours::exceptions>(Field{.key = "exceptions",
                                     .type = Texts,
                                     .help = "Single dates, which are so whatever their weekday, or a holiday",
                                     .example = "`[\"2026-12-24 08:30-12:00\", \"2026-05-15 closed\"]`"}),
        at<&Hours::openOnHolidays>(Field{.key = "open-on-holidays",
                                         .type = Flag,
                                         .help = "A public holiday is a day like others; without it, it is closed"}),
    };
    return table;
}

Table rota() {
    auto table = in<&Plan::rotas, &Rota::id>(
        {.id = TableId::Rota, .name = "rota", .article = "a", .words = "rota", .sqlName = "rotas"});
    table.help =
        "Who is on call: `on-call:ID` as a target rings them. Turns are written down one by one, or follow one "
        "another.";
    table.fields = {
        at<&Rota::id>(identifier()),
        at<&Rota::name>(name("What it is called")),
        at<&Rota::turns>(Field{.key = "turns",
                               .type = Texts,
                               .help = "From when on whom: date, time and target, until the next turn",
                               .example = "`[\"2026-11-27 12:00 0612345678\"]`"}),
        at<&Rota::cycle>(
            Field{.key = "cycle", .type = Targets, .help = "Targets that take turns, where no turn is written down"}),
        at<&Rota::start>(Field{.key = "start",
                               .help = "When the first of `cycle` takes over for the first time",
                               .example = "`2026-01-02 12:00`"}),
        at<&Rota::period>(lasts("period", kHour, 366 * kDay, "How long a turn of `cycle` lasts; 7d without it")),
        at<&Rota::escalation>(Field{.key = "escalation",
                                    .type = Targets,
                                    .help = "Targets that ring, in their order, when who is on call does not answer"}),
        at<&Rota::ringTime>(lasts("ring-time", 5, 10 * kMinute,
                                  "How long each of them rings; without it as long as the configuration says")),
        at<&Rota::site>(refer("site", TableId::Site, "Whose time zone it is written in; the town's without it")),
    };
    return table;
}

Table gateway() {
    auto table = in<&Plan::gateways, &Gateway::id>(
        {.id = TableId::Gateway, .name = "gateway", .article = "a", .words = "gateway", .sqlName = "gateways"});
    table.help = "A way outside: an operator's access, known by its address.";
    table.fields = {
        at<&Gateway::id>(identifier()),
        at<&Gateway::name>(name("What it is called")),
        needed(at<&Gateway::uri>(Field{.key = "uri",
                                       .help = "Where calls to the outside are sent",
                                       .example = "`sip:sbc.operateur.example;transport=tcp`",
                                       .refuses = refusesUri})),
        at<&Gateway::sources>(
            Field{.key = "sources",
                  .type = Texts,
                  .help = "Addresses and networks that its calls come from; without them none are taken",
                  .example = "`[\"192.0.2.10\", \"2001:db8::/64\"]`",
                  .refuses = refusesNetwork}),
        at<&Gateway::called>(
            format("called-format", "How the called number is written to the operator; `e164` without it")),
        at<&Gateway::calling>(
            format("calling-format", "How the calling number is written to the operator; `e164` without it")),
        at<&Gateway::number>(Field{.key = "number", .type = Outside, .help = "Presented where nothing else may be"}),
        at<&Gateway::presents>(
            Field{.key = "presents",
                  .type = Outsides,
                  .help = "Numbers and ranges that may be presented here; those of the plan without it"}),
        at<&Gateway::presentsCaller>(
            Field{.key = "presents-caller",
                  .type = Flag,
                  .help = "A call from outside that is forwarded outside may show who called"}),
        at<&Gateway::maximumCalls>(Field{.key = "maximum-calls",
                                         .type = Count,
                                         .help =
                                             "How many calls it carries at once; no limit without it, and an emergency "
                                             "call is never counted out",
                                         .least = 1,
                                         .most = 10'000}),
    };
    return table;
}

Table directNumbers() {
    auto table = in<&Plan::directNumbers, &DirectNumbers::first>({.id = TableId::DirectNumbers,
                                                                  .name = "direct-numbers",
                                                                  .article = "the",
                                                                  .words = "direct numbers",
                                                                  .sqlName = "direct_numbers"});
    table.help = "Numbers by which the outside calls in (SDA): a single one, or a range.";
    table.fields = {
        at<&DirectNumbers::first>(
            Field{.key = "first", .type = Outside, .help = "The number, or the first of the range"}),
        at<&DirectNumbers::last>(
            Field{.key = "last", .type = Outside, .help = "The last of the range; left out for a single number"}),
        at<&DirectNumbers::target>(target("target", "Where calls to it, or to any of the range, go")),
        at<&DirectNumbers::firstExtension>(Field{
            .key = "first-extension",
            .type = Digits,
            .help =
                "Instead of `target`: the first number is this extension, the next number the next one, and so on"}),
    };
    return table;
}

Table shortCode() {
    auto table = in<&Plan::shortCodes, &ShortCode::number>({.id = TableId::ShortCode,
                                                            .name = "short-code",
                                                            .article = "a",
                                                            .words = "short code",
                                                            .sqlName = "short_codes"});
    table.help = "A short number of the town's own for a number outside, or for a long one.";
    table.fields = {
        at<&ShortCode::number>(Field{.key = "number", .type = Digits, .help = "What is dialled: 2 to 15 digits"}),
        at<&ShortCode::name>(name("Whom it reaches")),
        needed(at<&ShortCode::target>(target("target", "What is called in its place"))),
    };
    return table;
}

Table contact() {
    auto table = in<&Plan::contacts, &Contact::number>(
        {.id = TableId::Contact, .name = "contact", .article = "a", .words = "contact", .sqlName = "contacts"});
    table.help = "Somebody outside whose name is shown when they call.";
    table.fields = {
        at<&Contact::number>(Field{.key = "number", .type = Outside, .help = "The number that they call from"}),
        needed(at<&Contact::name>(name("What is shown"))),
    };
    return table;
}

Table code() {
    auto table = in<&Plan::codes, &CodeChange::code>(
        {.id = TableId::Code, .name = "code", .article = "a", .words = "code", .sqlName = "code_changes"});
    table.help = "A feature code that differs from the profile's.";
    table.fields = {
        at<&CodeChange::code>(
            Field{.key = "code", .help = "As the profile writes it", .example = "`*21*`", .refuses = refusesCode}),
        needed(at<&CodeChange::function>(Field{.key = "function",
                                               .type = Identifier,
                                               .help = "What it does from now on; `off` switches it off",
                                               .example = "`forward-always`"})),
    };
    return table;
}

}  // namespace beffroi::directory::declarations
