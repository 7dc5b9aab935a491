// SPDX-License-Identifier: GPL-3.0-or-later
//
// libFuzzer target for the .hat reader.
#include "fuzz/repair.h"

#include "trace/definitions.h"
#include "trace/tracereader.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

using namespace heapatlas;

/// Numbers that are whole are as many as the operations take: who packs them does not look.
void checkNumbers(const EventColumns& columns, const EventNumbers& numbers)
{
    std::array<std::size_t, EventNumbers::Rare + 1> counts {};
    for (std::size_t i = 0; i < columns.count(); ++i)
        ++counts.at(numbers.operations.at(i));
    const std::size_t reallocs = counts[EventNumbers::ReallocInPlace] + counts[EventNumbers::ReallocMoved];
    const std::size_t allocs = counts[EventNumbers::AllocFreed] + counts[EventNumbers::AllocElsewhere];
    if (numbers.slotCount != counts[EventNumbers::Free] + reallocs || numbers.sizeCount != allocs + reallocs
        || numbers.elsewhere.size() != counts[EventNumbers::AllocElsewhere]
        || numbers.rare.size() != counts[EventNumbers::Rare] || numbers.slots.size() < numbers.slotCount
        || numbers.sizes.size() < numbers.sizeCount)
        std::abort();
}

/// What every reader may be asked, whatever the file says.
void readThrough(const std::string& path, ColumnChoice choice)
{
    auto opened = TraceReader::open(path);
    if (!opened)
        return;
    TraceReader& reader = **opened;
    EventColumns columns;
    std::vector<bool> isLive;
    const auto takeLive = [&] {
        isLive.assign(reader.slotCapacity(), false);
        for (const AdoptedBlock& block : reader.liveBlocks())
            isLive.at(block.slot) = true;
    };
    takeLive();
    std::uint64_t next = 0;
    EventNumbers numbers;
    while (reader.readBlock(columns, choice, &numbers)) {
        if (columns.firstEvent < next)
            std::abort(); // event indices only grow
        next = columns.firstEvent + columns.count();
        if (reader.isDiscontinuous())
            takeLive();
        if (numbers.isWhole && columns.count() != 0)
            checkNumbers(columns, numbers);
        for (const EventColumns::Stated& stated : columns.stated)
            (void)columns.code.at(stated.row);
        for (std::size_t i = 0; i < columns.count(); ++i) {
            const EventCode code = columns.code[i];
            (void)columns.requested(i);
            if (code.kind() >= EventKind::Trim) {
                (void)reader.markers().at(columns.slot[i]);
                continue;
            }
            if (code.isUnknownBlock() || (code.hasFailed() && code.kind() == EventKind::Allocate))
                continue;
            const std::uint32_t slot = columns.slot[i];
            if (slot >= reader.slotCapacity())
                std::abort(); // a replay would index with it
            if (slot >= isLive.size())
                isLive.resize(slot + std::size_t { 1 });
            if (isLive[slot] == (code.kind() == EventKind::Allocate))
                std::abort(); // blocks are born dead and die live
            isLive[slot] = code.kind() != EventKind::Free;
        }
        if (columns.count() != 0 && !columns.stack.empty()) {
            (void)reader.callStack(columns.stack.back());
            (void)reader.innermostFrame(columns.stack.front());
        }
    }
    (void)reader.liveBlocks();
    for (std::size_t c = 0; c < reader.sizeClasses().size(); ++c)
        (void)reader.expectedSlots(c);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string path = fuzz::fileOf(data, size);
    if (path.empty())
        return 0;
    const AddressChoice addresses = (data[0] & 2) == 0 ? AddressChoice::All
        : (data[0] & 8) == 0                           ? AddressChoice::None
                                                       : AddressChoice::Stated;
    readThrough(path, { (data[0] & 1) == 0, addresses });
    return 0;
}
