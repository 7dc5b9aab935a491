// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workload/callsites.h"
#include "workload/random.h"
#include "workload/sizetable.h"
#include "workload/workloadheap.h"

#include <array>
#include <cstdint>
#include <vector>

namespace heapatlas {

/// What recipes are made of.
struct RecipeShape
{
    std::uint32_t leastBlocks = 6;
    std::uint32_t mostBlocks = 40;
    std::uint32_t keptPerMille = 120; ///< of the blocks: outlive the recipe
    std::uint32_t drawnPerMille =
        300; ///< of the blocks: another size each time (strings), else always the same
    std::uint32_t grownPerMille = 80; ///< of the blocks: doubled some times (arrays)
    std::uint32_t largePerMille = 10; ///< of the blocks: more than a small block holds
};

/// One task of a made-up program, such as handling a row: calls to the heap in a fixed order, which is what programs do
/// in loops. Most blocks are freed before it ends, the newest first; the others are handed out.
class Recipe
{
public:
    static constexpr std::uint32_t mostEvents = 512; ///< of one run

    Recipe(const RecipeShape& shape, CallSites& sites, std::uint32_t caller, const SizeTable& sizes,
        Random& random);

    /// Calls keep(block) for each block that outlives it.
    template <class Keep>
    void run(WorkloadHeap& heap, const SizeTable& sizes, Random& random, Keep&& keep) const;

private:
    enum class Kind : std::uint8_t
    {
        Allocate, ///< `size` bytes
        Draw, ///< a size from the table
        Grow, ///< to `size` bytes
        Free,
        Keep,
    };
    struct Step
    {
        std::uint32_t stack = 0;
        std::uint32_t size = 0;
        Kind kind = Kind::Free;
        std::uint8_t place = 0;
    };
    static constexpr std::size_t places = 64;

    std::vector<Step> m_steps;
};

/// The tasks of a program, some of which are far more frequent than others.
class RecipeBook
{
public:
    RecipeBook(const RecipeShape& shape, std::size_t count, CallSites& sites, const SizeTable& sizes,
        Random& random);

    [[nodiscard]] const Recipe& pick(Random& random) const
    {
        const auto count = static_cast<std::uint32_t>(m_recipes.size());
        return m_recipes[std::min(random.below(count), random.below(count))];
    }

private:
    std::vector<Recipe> m_recipes;
};

template <class Keep>
void Recipe::run(WorkloadHeap& heap, const SizeTable& sizes, Random& random, Keep&& keep) const
{
    std::array<WorkloadHeap::Handle, places> blocks;
    for (const Step& step : m_steps) {
        WorkloadHeap::Handle& block = blocks[step.place];
        switch (step.kind) {
        case Kind::Allocate:
            block = heap.allocate(step.stack, step.size);
            break;
        case Kind::Draw:
            block = heap.allocate(step.stack, sizes.draw(random));
            break;
        case Kind::Grow:
            heap.resize(block, step.stack, step.size);
            break;
        case Kind::Free:
            heap.free(block);
            break;
        case Kind::Keep:
            keep(block);
            break;
        }
    }
}

} // namespace heapatlas
