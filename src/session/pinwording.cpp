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

QString pinReturned(const Pin& pin)
{
    if (pin.what == Pin::What::Chunk && pin.returned == 0)
        return QStringLiteral("never returned: the first chunk stays until the end of the request");
    return pin.what == Pin::What::Chunk ? QStringLiteral("%1 would be returned").arg(size(pin.returned))
                                        : QStringLiteral("%1 of pages would be free").arg(size(pin.returned));
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
