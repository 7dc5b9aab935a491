// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/pinwording.h"

#include "session/wording.h"

#include <algorithm>

namespace heapatlas::wording {

QStringList pinFindings(const PinTable& table)
{
    QStringList sentences;
    if (table.chunkCount == 0) {
        sentences << QStringLiteral("No chunk is held: nothing is live in chunks.");
    } else {
        const auto halfEmpty = static_cast<std::uint64_t>(std::count_if(table.chunks().begin(),
            table.chunks().end(), [](const Pin& pin) { return pin.freeShare() > 0.5; }));
        const QString held = table.chunkCount == 1
            ? QStringLiteral("1 chunk is held by live blocks")
            : QStringLiteral("%1 chunks are held by live blocks").arg(count(table.chunkCount));
        const QString emptier = halfEmpty == 0
            ? QStringLiteral("none of them more than half free")
            : QStringLiteral("%1 more than half free").arg(count(halfEmpty));
        sentences << QStringLiteral("%1, %2; %3 in them is free but cannot go back to the system.")
                         .arg(held, emptier, size(table.freeInPinned));
    }
    if (table.emptyRunBytes != 0)
        sentences << QStringLiteral("Runs without a live block: gc_mem_caches() would free %1 of pages now.")
                         .arg(size(table.emptyRunBytes));
    if (table.emptyChunkBytes != 0)
        sentences << QStringLiteral("Chunks that nothing holds: %1.").arg(size(table.emptyChunkBytes));
    return sentences;
}

QString pinFinding(const Pin& pin, std::span<const PinHolder> holders)
{
    const bool isChunk = pin.what == Pin::What::Chunk;
    const bool hasAdopted =
        std::any_of(holders.begin(), holders.end(), [](const PinHolder& holder) { return holder.isAdopted; });
    QString text = QStringLiteral("%1 is free. ").arg(percent(pin.freeShare()));
    if (pin.blocks != 0) {
        const QString sites = holders.size() == 1 ? QStringLiteral("1 site")
                                                  : QStringLiteral("%1 sites").arg(count(holders.size()));
        text += QStringLiteral("%1 from %2 %3 it, %4. ")
                    .arg(wording::blocks(pin.blocks), sites,
                        pin.blocks == 1 ? QStringLiteral("holds") : QStringLiteral("hold"),
                        pinnedSince(pin.oldestEvent, hasAdopted));
    }
    if (pin.engineBlocks != 0) {
        text += pin.engineBlocks == 1
            ? QStringLiteral("1 slot holds a record of the allocator's own. ")
            : QStringLiteral("%1 slots hold records of the allocator's own. ").arg(count(pin.engineBlocks));
    }
    const QString them = pin.blocks + pin.engineBlocks == 1 ? QStringLiteral("it") : QStringLiteral("them");
    if (isChunk && pin.returned == 0)
        text +=
            QStringLiteral("It is the first chunk, which stays until the end of the request in any case.");
    else if (isChunk)
        text += QStringLiteral("Without %1, %2 would go back to the system.").arg(them, size(pin.returned));
    else
        text += QStringLiteral("Without %1, gc_mem_caches() would make %2 of pages free.")
                    .arg(them, size(pin.returned));
    return text;
}

QString pinHolder(const PinHolder& holder, const Frame& site)
{
    if (holder.isAdopted)
        return QStringLiteral("live before the recording");
    if (site.function.empty() && site.file.empty())
        return QStringLiteral("no PHP code was running, or stacks were not recorded");
    return wording::site(site);
}

QString pinnedSince(std::uint64_t event, bool isAdopted)
{
    return isAdopted ? QStringLiteral("since before the recording")
                     : QStringLiteral("since event %1").arg(count(event));
}

} // namespace heapatlas::wording
