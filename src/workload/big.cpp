// SPDX-License-Identifier: GPL-3.0-or-later
#include "workload/blockpool.h"
#include "workload/profiles.h"
#include "workload/recipe.h"

#include <algorithm>
#include <array>
#include <string>

namespace heapatlas {

void runBig(Workload& workload)
{
    auto& [heap, sites, random, live, heapBytes] = workload;
    const SizeTable sizes(400, 0.9, 8, 3072);
    const SizeTable largeSizes(48 * 1024, 1.2, 3100, 2'000'000);
    const SizeTable hugeSizes(6e6, 0.9, 2'200'000, 128U << 20);
    const double bytes = static_cast<double>(heapBytes);
    // Small blocks for a little less than half of the heap, as far as there are events for them.
    const std::uint64_t events = heap.total();
    const auto small = std::min(
        { static_cast<std::uint64_t>(bytes * 0.42 / sizes.mean()), events / 3, live == 0 ? events : live });
    const double rest = bytes - static_cast<double>(small) * sizes.mean() * 1.1;
    const auto large = std::min(static_cast<std::uint64_t>(rest * 0.42 / largeSizes.mean()), events / 12);
    const auto huge = std::min<std::uint64_t>(
        static_cast<std::uint64_t>(
            (rest - static_cast<double>(large) * largeSizes.mean() * 1.1) / (hugeSizes.mean() * 1.05)),
        4000);

    const std::uint32_t import = sites.add(sites.root(), "Shop\\Search\\Builder", "build", 77);
    std::array<std::uint32_t, 24> places {};
    std::generate(places.begin(), places.end(), [&] { return sites.addAny(import); });
    const std::uint32_t largePlace = sites.add(import, "Shop\\Search\\PostingList", "pack", 64);
    const std::uint32_t hugePlace = sites.add(import, "Shop\\Search\\Segment", "grow", 112);

    BlockPool smallPool(small);
    BlockPool largePool(large);
    BlockPool hugePool(huge);
    const std::uint64_t all = small + large + huge;
    std::uint32_t quarters = 0;
    for (std::uint64_t i = 0; i < all && !heap.isDone(); ++i) {
        // In proportion all along: which kind is furthest behind.
        if (hugePool.count() * all < huge * i)
            hugePool.put(heap, heap.allocate(hugePlace, hugeSizes.draw(random)), random, false);
        else if (largePool.count() * all < large * i)
            largePool.put(heap, heap.allocate(largePlace, largeSizes.draw(random)), random, false);
        else
            smallPool.put(
                heap, heap.allocate(places[i / 64 % places.size()], sizes.draw(random)), random, false);
        if ((i + 1) * 4 / all > quarters)
            heap.checkpoint(std::to_string(++quarters * 25) + " % loaded");
    }

    RecipeShape shape;
    shape.keptPerMille = 60;
    const RecipeBook book(shape, 24, sites, sizes, random);
    const std::uint64_t part = heap.left() / 8 + 1;
    std::uint64_t nextPart = heap.left() - std::min(heap.left(), part);
    std::uint32_t kept = 0;
    while (!heap.isDone()) {
        book.pick(random).run(heap, sizes, random,
            [&](WorkloadHeap::Handle block) { smallPool.put(heap, block, random, ++kept % 4 != 0); });
        if (random.isOneIn(64))
            largePool.put(heap, heap.allocate(largePlace, largeSizes.draw(random)), random, true);
        if (random.isOneIn(4096))
            hugePool.put(heap, heap.allocate(hugePlace, hugeSizes.draw(random)), random, true);
        if (heap.left() <= nextPart && nextPart != 0) {
            heap.tellUsage(UsageFigure::Real);
            heap.checkpoint("merge " + std::to_string(8 - nextPart / part));
            nextPart -= std::min(nextPart, part);
        }
    }
}

} // namespace heapatlas
