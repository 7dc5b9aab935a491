// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "alloc/engine.h"

#include <memory>
#include <memory_resource>
#include <span>
#include <string_view>

namespace heapatlas {

/// What an engine promises; contract tests hold it to it.
struct EngineTraits
{
    Bytes granule = 8; ///< every block begins at a multiple of this
    Bytes maxAlignment = 8; ///< the largest alignment that allocate() takes
    Bytes minimumBlock = 8; ///< bytes that a request of 0 is granted
};

/// One row of engines.def.
struct EngineDescriptor
{
    std::string_view id; ///< short, lower case, for ever
    std::string_view name; ///< English, for people who know allocators
    std::string_view source; ///< of the algorithm
    EngineTraits traits;
    std::unique_ptr<Engine> (*create)(MemoryKind memory);
    /// The real allocator behind the standard interface; throws std::bad_alloc as that demands.
    std::unique_ptr<std::pmr::memory_resource> (*createResource)();
};

/// Every engine, in the order of engines.def.
[[nodiscard]] std::span<const EngineDescriptor> engines();
/// nullptr if there is none of that id.
[[nodiscard]] const EngineDescriptor* findEngine(std::string_view id);

/// For an engine's .cpp: makes an Engine of one template over either memory.
template <class OverSimulated, class OverProcess>
std::unique_ptr<Engine> createEngine(MemoryKind memory)
{
    if (memory == MemoryKind::Process)
        return std::make_unique<EngineOver<OverProcess>>();
    return std::make_unique<EngineOver<OverSimulated>>();
}

} // namespace heapatlas
