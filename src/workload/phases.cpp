// SPDX-License-Identifier: GPL-3.0-or-later
#include "workload/profiles.h"
#include "workload/recipe.h"

#include <algorithm>
#include <string>

namespace heapatlas {

void runPhases(Workload& workload)
{
    auto& [heap, sites, random, live, heapBytes] = workload;
    (void)heapBytes;
    const SizeTable sizes(64, 0.9, 8, 3072);
    const std::uint64_t wanted = std::min(live, std::max<std::uint64_t>(heap.total() / 24, 32));
    const std::uint32_t import = sites.add(sites.root(), "Shop\\Import\\Import", "run", 45);
    const std::uint32_t row = sites.add(import, "Shop\\Import\\OrderReader", "readRow", 92);
    const std::uint32_t field = sites.add(row, "Shop\\Import\\OrderReader", "parseField", 131);
    const std::uint32_t entity = sites.add(import, "Shop\\Entity\\OrderFactory", "fromRow", 57);
    const std::uint32_t log = sites.add(import, "Shop\\Log\\Journal", "note", 38);
    const RecipeShape shape { .keptPerMille = 0 };
    const RecipeBook book(shape, 16, sites, sizes, random);

    std::vector<WorkloadHeap::Handle> records;
    records.reserve(wanted);
    for (std::uint32_t cycle = 1; !heap.isDone(); ++cycle) {
        const std::string number = " " + std::to_string(cycle);
        // Every cycle has records of its own sizes, so the runs of the last one help it little.
        const std::uint32_t entitySize = 40 + cycle * 7 % 11 * 56;
        while (records.size() < wanted && !heap.isDone()) {
            records.push_back(heap.allocate(row, 56));
            records.push_back(heap.allocate(entity, entitySize));
            records.push_back(heap.allocate(field, sizes.draw(random)));
            if (random.isOneIn(60)) // a line of the journal stays, and pins its page
                heap.allocate(log, random.between(24, 400));
        }
        heap.checkpoint("load" + number);
        for (std::uint64_t until = heap.left() - std::min(heap.left(), wanted); heap.left() > until;)
            book.pick(random).run(heap, sizes, random, [](WorkloadHeap::Handle) {});
        heap.checkpoint("compute" + number);
        // Drained in order, but for what some neighbours of it held a little longer.
        for (std::size_t i = 0; i + 1 < records.size(); ++i)
            std::swap(records[i],
                records[i
                    + random.below(
                        static_cast<std::uint32_t>(std::min<std::size_t>(16, records.size() - i)))]);
        for (const WorkloadHeap::Handle block : records)
            heap.free(block);
        records.clear();
        heap.tellUsage(UsageFigure::Real);
        heap.trim();
        heap.checkpoint("drain" + number);
    }
}

} // namespace heapatlas
