// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "workload/callsites.h"
#include "workload/random.h"
#include "workload/workloadheap.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace heapatlas {

/// What a profile works with.
struct Workload
{
    WorkloadHeap& heap;
    CallSites& sites;
    Random& random;
    std::uint64_t live = 0; ///< blocks that shall live at once, about
    Bytes heapBytes = 0; ///< that the heap shall reach; only `big` reads it
};

/// A kind of synthetic program.
struct Profile
{
    std::string_view id;
    std::string_view summary;
    std::uint64_t live; ///< unless asked otherwise; 0: follows from heapBytes
    void (*run)(Workload& workload); ///< until the heap isDone()
};

/// The first one is the default.
[[nodiscard]] std::span<const Profile> profiles();
/// nullptr for an unknown id.
[[nodiscard]] const Profile* findProfile(std::string_view id);

// One source each, but for leaky, which is jobs with a leak.
void runSteady(Workload& workload);
void runJobs(Workload& workload);
void runLeaky(Workload& workload);
void runPhases(Workload& workload);
void runBig(Workload& workload);
void runChurn(Workload& workload);

} // namespace heapatlas
