// SPDX-License-Identifier: GPL-3.0-or-later
#include "workload/profiles.h"

#include <algorithm>
#include <array>

namespace heapatlas {

std::span<const Profile> profiles()
{
    static constexpr std::array<Profile, 6> all { {
        { "steady", "a long-running worker: most blocks die young, some live long", 100'000, &runSteady },
        { "jobs", "a worker whose jobs free all they took", 20'000, &runJobs },
        { "leaky", "such a worker with one leak among sites that only look like one", 2'000, &runLeaky },
        { "phases", "load, compute, drain, with blocks that stay and pin their chunks", 200'000, &runPhases },
        { "big", "a heap of gigabytes: small, large and huge blocks", 0, &runBig },
        { "churn", "random sizes, random lifetimes", 100'000, &runChurn },
    } };
    return all;
}

const Profile* findProfile(std::string_view id)
{
    const auto all = profiles();
    const auto found = std::find_if(all.begin(), all.end(), [id](const Profile& p) { return p.id == id; });
    return found == all.end() ? nullptr : &*found;
}

} // namespace heapatlas
