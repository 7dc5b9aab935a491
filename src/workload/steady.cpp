// SPDX-License-Identifier: GPL-3.0-or-later
#include "workload/blockpool.h"
#include "workload/profiles.h"
#include "workload/recipe.h"

#include <algorithm>
#include <array>
#include <string>

namespace heapatlas {

void runSteady(Workload& workload)
{
    auto& [heap, sites, random, live, heapBytes] = workload;
    (void)heapBytes;
    const SizeTable sizes(72, 1.0, 8, 3072);
    const SizeTable largeSizes(24 * 1024, 1.2, 4000, 1'900'000);
    const std::uint64_t wanted = std::min(live, std::max<std::uint64_t>(heap.total() / 8, 32));

    // What is loaded at the start and stays: three blocks in ten, and tables among them.
    std::array<std::uint32_t, 16> loaders {};
    const std::uint32_t kernel = sites.add(sites.root(), "Shop\\Kernel", "boot", 88);
    std::generate(loaders.begin(), loaders.end(), [&] { return sites.addAny(kernel); });
    for (std::uint64_t i = 0; i < wanted * 3 / 10 && !heap.isDone(); ++i) {
        const std::uint32_t stack = loaders[i * loaders.size() * 10 / (wanted * 3 + 10)];
        heap.allocate(stack, i % 4096 == 4095 ? largeSizes.draw(random) : sizes.draw(random));
    }
    heap.checkpoint("booted");

    RecipeShape shape;
    shape.keptPerMille = 150;
    shape.drawnPerMille = 400;
    const RecipeBook book(shape, 96, sites, sizes, random);
    BlockPool pool(wanted * 7 / 10);
    std::vector<WorkloadHeap::Handle> garbage; // cycles: they wait for the collector
    const std::size_t threshold = std::min<std::size_t>(10'000, wanted / 10 + 1);
    std::uint32_t kept = 0;
    const auto keep = [&](WorkloadHeap::Handle block) {
        if (++kept % 16 == 0)
            garbage.push_back(block);
        else
            pool.put(heap, block, random, kept % 2 == 0);
    };
    // The pool fills at once, so that the heap is what it will be for most of the trace.
    RecipeShape loading;
    loading.keptPerMille = 900;
    loading.grownPerMille = 30;
    loading.largePerMille = 2;
    const RecipeBook loaderBook(loading, 8, sites, sizes, random);
    while (!pool.isFull() && !heap.isDone())
        loaderBook.pick(random).run(
            heap, sizes, random, [&](WorkloadHeap::Handle block) { pool.put(heap, block, random, true); });
    heap.checkpoint("filled");

    const std::uint64_t part = heap.total() / 16 + 1;
    std::uint64_t nextPart = heap.left() - std::min(heap.left(), part);
    std::uint32_t parts = 0;
    while (!heap.isDone()) {
        const Recipe& recipe = book.pick(random);
        for (std::uint32_t rows = random.between(1, 12); rows > 0; --rows)
            recipe.run(heap, sizes, random, keep);
        if (garbage.size() >= threshold) {
            heap.collect(garbage);
            garbage.clear();
        }
        if (heap.left() <= nextPart && nextPart != 0) {
            heap.tellUsage(UsageFigure::Live);
            heap.checkpoint("part " + std::to_string(++parts));
            nextPart -= std::min(nextPart, part);
        }
    }
}

} // namespace heapatlas
