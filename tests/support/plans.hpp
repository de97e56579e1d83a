// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Extension plans for tests.
#pragma once

#include "directory/plan.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

namespace beffroi::test {

/// Reads a plan that must have no mistake.
[[nodiscard]] inline directory::Plan planOf(std::string_view text, const std::string& file = "plan.toml",
                                            const directory::PlanKnowledge& knowledge = {}) {
    auto result = directory::readPlan(text, file, knowledge);
    if (const auto* mistakes = std::get_if<std::vector<directory::PlanMistake>>(&result)) {
        throw std::runtime_error{mistakes->front().toString()};
    }
    return std::get<directory::Plan>(std::move(result));
}

/// A small town: one site, two departments, one person, a phone with two devices, a room and the echo test.
inline constexpr std::string_view kVillage = R"([town]
name = "Beffroi-sur-Test"
realm = "mairie.test"

[[site]]
id = "mairie"
name = "Hôtel de ville"

[[department]]
id = "dgs"
name = "Direction générale"
[[department]]
id = "accueil"
name = "Accueil"
parent = "dgs"

[[person]]
id = "helene"
name = "Hélène Castelain"
department = "accueil"

[[extension]]
number = "2100"
person = "helene"
department = "accueil"
[[extension]]
number = "8000"
kind = "room"
label = "Réunion"
maximum-members = 30
[[extension]]
number = "8099"
kind = "echo-test"

[[device]]
account = "2100-comptoir"
extension = "2100"
site = "mairie"
password = "belfry-bell-1"
certificate = "Comptoir.mairie.test"
[[device]]
account = "2100-bureau"
extension = "2100"
password = "belfry-bell-2"
md5 = false
)";

/// Every key that a plan can have, at least once.
inline constexpr std::string_view kEverything = R"([town]
name = "Beffroi-sur-Test"
realm = "mairie.test"
country = "france-test"
time-zone = "Europe/Brussels"
holidays = "alsace-moselle"
outside-prefix = "0"
gateway = "operateur"
class-of-service = "bureau"
codes = "none"

[[site]]
id = "mairie"
name = "Hôtel de ville"
address = "1 place du Beffroi, 59000 Test"
insee = "59350"
time-zone = "Indian/Reunion"
holidays = "reunion"
number = "+33 3 27 00 01 00"
emergency-number = "+33.3.27.00.01.01"
emergency-notify = "2100"
gateway = "operateur"

[[gateway]]
id = "operateur"
name = "Opérateur"
uri = "sip:192.0.2.10:5060;transport=tcp"
sources = ["192.0.2.10", "2001:db8::/64"]
called-format = "national"
calling-format = "international-00"
number = "+33327000100"
presents = ["+33327000100-+33327000199", "+33327000300"]
presents-caller = true
maximum-calls = 30

[[hours]]
id = "guichets"
name = "Guichets"
weekly = ["mon-fri 08:30-12:00 13:30-17:30", "sat 09:00-12:00"]
exceptions = ["2026-12-24 08:30-12:00", "2026-05-15 closed"]
open-on-holidays = true

[[class-of-service]]
id = "bureau"
name = "Bureau"
allowed = ["internal", "national", "mobile", "free"]
hours = "guichets"
allowed-closed = ["internal"]
allowed-by-pin = ["international"]
forwards = ["mobile"]

[[department]]
id = "dgs"
name = "Direction générale"
[[department]]
id = "accueil"
name = "Accueil"
parent = "dgs"
head = "helene"
site = "mairie"
hours = "guichets"
forward-always = "2109"
forward-busy = "2101"
forward-no-answer = "2101"
forward-unreachable = "0327000200"
forward-closed = "announcement:closed+next-opening"
no-answer-after = "25s"

[[person]]
id = "helene"
name = "Hélène Castelain"
department = "accueil"
class-of-service = "bureau"
secretary = "2101"
reached-by = ["2102", "2109"]
pin-hash = "$argon2id$v=19$m=16384,t=2,p=1$c2FsdHNhbHRzYWx0c2E$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g"
forward-always = "2109"
forward-busy = "60"
forward-no-answer = "on-call:technique"
forward-unreachable = "+33600000000"
forward-closed = "announcement:closed"
no-answer-after = "20s"

[[extension]]
number = "2100"
label = "Mme Castelain"
person = "helene"
department = "accueil"
class-of-service = "bureau"
forward-always = "2109"
forward-busy = "2101"
forward-no-answer = "2101"
forward-unreachable = "2101"
forward-closed = "2109"
no-answer-after = "30s"
[[extension]]
number = "2101"
[[extension]]
number = "2102"
[[extension]]
number = "2109"
[[extension]]
number = "2199"
kind = "department"
department = "accueil"
strategy = "round-robin"
members = ["2101", "2102"]
ring-time = "1min"
member-ring-time = "12s"
[[extension]]
number = "2190"
kind = "alias"
target = "2199"
[[extension]]
number = "8000"
kind = "room"
label = "Réunion"
maximum-members = 30

[[device]]
account = "2100"
extension = "2100"
site = "mairie"
certificate = "comptoir.mairie.test"
hot-desk = true
password = "belfry-bell-1"
[[device]]
account = "2101"
extension = "2101"
site = "mairie"
password = "belfry-bell-2"
[[device]]
account = "2102"
extension = "2102"
site = "mairie"
password = "belfry-bell-3"
[[device]]
account = "2109"
extension = "2109"
site = "mairie"
password = "belfry-bell-4"

[[rota]]
id = "technique"
name = "Astreinte technique"
turns = ["2026-11-27 12:00 0612345678"]
cycle = ["2101", "+33612345678"]
start = "2026-01-02 12:00"
period = "14d"
escalation = ["2102"]
ring-time = "40s"
site = "mairie"

[[direct-numbers]]
first = "+33327000100"
target = "2199"
[[direct-numbers]]
first = "+33 3 27 00 21 00"
last = "+33 3 27 00 21 99"
first-extension = "2100"

[[short-code]]
number = "60"
name = "Commissariat"
target = "0327000017"

[[contact]]
number = "+33327000200"
name = "Préfecture"

[[code]]
code = "*21*"
function = "off"
)";

}  // namespace beffroi::test
