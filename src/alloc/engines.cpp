// SPDX-License-Identifier: GPL-3.0-or-later
#include "alloc/engines.h"

#include <algorithm>
#include <array>

namespace heapatlas {

#define HA_ENGINE(id) EngineDescriptor id##Engine();
#include "alloc/engines.def"
#undef HA_ENGINE

std::span<const EngineDescriptor> engines()
{
#define HA_ENGINE(id) id##Engine(),
    static const std::array table {
#include "alloc/engines.def"
    };
#undef HA_ENGINE
    return table;
}

const EngineDescriptor* findEngine(std::string_view id)
{
    const std::span<const EngineDescriptor> table = engines();
    const auto found =
        std::find_if(table.begin(), table.end(), [&](const EngineDescriptor& e) { return e.id == id; });
    return found == table.end() ? nullptr : &*found;
}

} // namespace heapatlas
