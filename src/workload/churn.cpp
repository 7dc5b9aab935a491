// SPDX-License-Identifier: GPL-3.0-or-later
#include "workload/blockpool.h"
#include "workload/profiles.h"
#include "workload/sizetable.h"

#include <algorithm>
#include <array>

namespace heapatlas {

void runChurn(Workload& workload)
{
    auto& [heap, sites, random, live, heapBytes] = workload;
    (void)heapBytes;
    const SizeTable sizes(64, 1.1, 8, 3072);
    std::array<std::uint32_t, 32> places {};
    std::generate(places.begin(), places.end(), [&] { return sites.addAny(sites.root()); });
    BlockPool pool(std::min(live, std::max<std::uint64_t>(heap.total() / 4, 16)));
    std::uint64_t done = 0;
    bool wasFull = false;
    while (!heap.isDone()) {
        if (!wasFull && pool.isFull()) {
            heap.checkpoint("filled");
            wasFull = true;
        }
        const WorkloadHeap::Handle block =
            heap.allocate(places[done++ / 32 % places.size()], sizes.draw(random));
        pool.put(heap, block, random, true);
    }
}

} // namespace heapatlas
