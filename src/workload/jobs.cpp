// SPDX-License-Identifier: GPL-3.0-or-later
#include "workload/profiles.h"
#include "workload/recipe.h"

#include <algorithm>
#include <deque>
#include <string>

namespace heapatlas {

namespace {

/// What a leaky worker does in each job besides the job: one leak, and three sites that only look like one.
class Suspects
{
public:
    Suspects(Workload& workload, std::uint32_t caller)
        : m_workload(workload)
        , m_listen(workload.sites.add(caller, "Shop\\Event\\Dispatcher", "listen", 41))
        , m_listeners(workload.sites.add(caller, "Shop\\Event\\Dispatcher", "listen", 44))
        , m_put(workload.sites.add(caller, "Shop\\Price\\PriceCache", "put", 73))
        , m_rotate(workload.sites.add(caller, "Shop\\Log\\Buffer", "rotate", 29))
        , m_load(workload.sites.add(caller, "Shop\\Config\\CountryTable", "load", 118))
    {
    }

    void runInJob(std::uint64_t job)
    {
        auto& [heap, sites, random, live, heapBytes] = m_workload;
        if (job == 1) { // loaded once, kept on purpose
            for (std::uint32_t row = 0; row < tableRows; ++row)
                heap.allocate(m_load, 40 + row % 7 * 8);
        }
        // The leak: a listener a job that nobody removes, in an array that doubles.
        heap.allocate(m_listen, 320);
        if (m_list == WorkloadHeap::none)
            m_list = heap.allocate(m_listeners, m_listSize);
        else if (job * 16 > m_listSize)
            heap.resize(m_list, m_listeners, m_listSize *= 2);
        // A cache that grows for a while, then drives out its oldest entries.
        for (std::uint32_t i = 0; i < cachedPerJob; ++i) {
            m_cache.push_back(heap.allocate(m_put, random.between(90, 110)));
            if (m_cache.size() > cacheLimit) {
                heap.free(m_cache.front());
                m_cache.pop_front();
            }
        }
        // A buffer that is replaced: never the same block, never two of them.
        const WorkloadHeap::Handle buffer = heap.allocate(m_rotate, 6000 + job % 5 * 800);
        heap.free(m_buffer);
        m_buffer = buffer;
    }

private:
    static constexpr std::uint32_t tableRows = 250;
    static constexpr std::uint32_t cachedPerJob = 12;
    static constexpr std::size_t cacheLimit = 300;

    Workload& m_workload;
    std::uint32_t m_listen, m_listeners, m_put, m_rotate, m_load;
    std::deque<WorkloadHeap::Handle> m_cache;
    WorkloadHeap::Handle m_list = WorkloadHeap::none;
    WorkloadHeap::Handle m_buffer = WorkloadHeap::none;
    Bytes m_listSize = 128;
};

/// A worker that takes jobs from a queue.
void work(Workload& workload, bool isLeaky)
{
    auto& [heap, sites, random, live, heapBytes] = workload;
    (void)heapBytes;
    const SizeTable sizes(72, 1.0, 8, 3072);
    const std::uint32_t worker = sites.add(sites.root(), "Shop\\Queue\\Worker", "next", 51);
    const std::uint32_t kernel = sites.add(sites.root(), "Shop\\Kernel", "boot", 88);
    const std::uint32_t message = sites.add(worker, "Shop\\Queue\\Message", "decode", 34);
    const std::uint64_t most =
        std::clamp<std::uint64_t>(heap.total() / 160, 1, std::max<std::uint64_t>(live, 1));
    for (std::uint32_t i = 0; i < 20; ++i) {
        const std::uint32_t stack = sites.addAny(kernel);
        for (std::uint64_t n = 0; n < most / 40 + 1; ++n)
            heap.allocate(stack, sizes.draw(random));
    }
    RecipeShape shape;
    shape.keptPerMille = 250;
    const RecipeBook book(shape, 32, sites, sizes, random);
    Suspects suspects(workload, worker);
    heap.checkpoint("booted");

    // A job begins only if it can also end.
    constexpr std::uint64_t reserve = 4096;
    std::vector<WorkloadHeap::Handle> blocks;
    for (std::uint64_t job = 1; heap.left() > reserve; ++job) {
        const std::uint64_t wanted = most / 4 + random.below(static_cast<std::uint32_t>(most * 3 / 4 + 1));
        blocks.push_back(heap.allocate(message, random.between(200, 2000)));
        if (isLeaky)
            suspects.runInJob(job);
        while (blocks.size() < wanted && heap.left() > blocks.size() + reserve / 2) {
            const Recipe& recipe = book.pick(random);
            for (std::uint32_t rows = random.between(1, 12); rows > 0; --rows) {
                if (heap.left() > blocks.size() + reserve / 2)
                    recipe.run(
                        heap, sizes, random, [&](WorkloadHeap::Handle block) { blocks.push_back(block); });
            }
        }
        for (const WorkloadHeap::Handle block : blocks)
            heap.free(block);
        blocks.clear();
        heap.tellUsage(UsageFigure::Live);
        heap.checkpoint("job " + std::to_string(job) + " done");
    }
    // The queue is empty: the worker looks again and again.
    while (heap.left() >= 2)
        heap.free(heap.allocate(message, 56));
    heap.tellUsage(UsageFigure::Live);
}

} // namespace

void runJobs(Workload& workload) { work(workload, false); }
void runLeaky(Workload& workload) { work(workload, true); }

} // namespace heapatlas
