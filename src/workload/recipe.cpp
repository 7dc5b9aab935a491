// SPDX-License-Identifier: GPL-3.0-or-later
#include "workload/recipe.h"

#include <algorithm>

namespace heapatlas {

Recipe::Recipe(
    const RecipeShape& shape, CallSites& sites, std::uint32_t caller, const SizeTable& sizes, Random& random)
{
    std::vector<std::uint8_t> free(places);
    for (std::size_t i = 0; i < places; ++i)
        free[i] = static_cast<std::uint8_t>(places - 1 - i);
    std::vector<std::uint8_t> held;
    const auto release = [&](std::size_t i) {
        m_steps.push_back({ 0, 0, Kind::Free, held[i] });
        free.push_back(held[i]);
        held.erase(held.begin() + static_cast<std::ptrdiff_t>(i));
    };
    std::uint32_t stack = sites.addAny(caller);
    for (std::uint32_t blocks = random.between(shape.leastBlocks, shape.mostBlocks); blocks > 0; --blocks) {
        if (random.isOneIn(3))
            stack = sites.addAny(caller);
        const std::uint8_t place = free.back();
        free.pop_back();
        std::uint32_t size = (sizes.draw(random) + 7) / 8 * 8;
        const bool isLarge = random.below(1000) < shape.largePerMille;
        if (isLarge)
            size = 4096 * random.between(1, 12) - 24;
        const bool isDrawn = !isLarge && random.below(1000) < shape.drawnPerMille;
        m_steps.push_back({ stack, size, isDrawn ? Kind::Draw : Kind::Allocate, place });
        if (!isLarge && !isDrawn && random.below(1000) < shape.grownPerMille) {
            for (std::uint32_t times = random.between(1, 4); times > 0 && size < 16384; --times)
                m_steps.push_back({ stack, size *= 2, Kind::Grow, place });
        }
        if (random.below(1000) < shape.keptPerMille) {
            m_steps.push_back({ 0, 0, Kind::Keep, place });
            free.push_back(place);
            continue;
        }
        held.push_back(place);
        while (held.size() > 12 || (!held.empty() && random.below(5) < 2))
            release(
                random.isOneIn(5) ? random.below(static_cast<std::uint32_t>(held.size())) : held.size() - 1);
    }
    while (!held.empty())
        release(held.size() - 1);
}

RecipeBook::RecipeBook(
    const RecipeShape& shape, std::size_t count, CallSites& sites, const SizeTable& sizes, Random& random)
{
    const std::uint32_t worker = sites.add(sites.root(), "Shop\\Queue\\Worker", "run", 63);
    for (std::size_t i = 0; i < count; ++i)
        m_recipes.emplace_back(shape, sites, sites.addAny(worker), sizes, random);
}

} // namespace heapatlas
