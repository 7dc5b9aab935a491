// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "replay/tracecolumnsstore.h"

#include <array>
#include <cstdint>

namespace heapatlas {

/// Blocks of a store as columns, the last few read kept: a cursor that goes back and forth unpacks each once. One thread.
class BlockCache
{
public:
    /// Valid until the next call.
    [[nodiscard]] const EventColumns& columns(const TraceColumnsStore& store, std::size_t block)
    {
        Row* oldest = m_rows.data();
        for (Row& row : m_rows) {
            if (row.block == block) {
                row.used = ++m_clock;
                return row.columns;
            }
            if (row.used < oldest->used)
                oldest = &row;
        }
        oldest->block = block;
        oldest->used = ++m_clock;
        m_unpacker.unpack(store.block(block).events, oldest->columns);
        return oldest->columns;
    }

private:
    struct Row
    {
        std::size_t block = ~std::size_t { 0 };
        std::uint64_t used = 0;
        EventColumns columns;
    };
    std::array<Row, 6> m_rows; ///< of 13 bytes an event, where a block has 32,768
    std::uint64_t m_clock = 0;
    EventUnpacker m_unpacker;
};

} // namespace heapatlas
