// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/recordedbytes.h"

#include "analysis/contentsoverlay.h"

#include <algorithm>

namespace heapatlas {

RecordedBytes::RecordedBytes(const std::string& path, const std::string& phpVersion)
    : m_layout(zend::Layout::ofVersion(phpVersion))
{
    if (Result<std::unique_ptr<ContentsStore>> store = ContentsStore::open(path))
        m_store = std::move(*store);
}

bool RecordedBytes::hasContents() const { return m_store && !m_store->moments().empty(); }

void RecordedBytes::addTo(
    HeapBytes& bytes, const std::function<std::vector<BlockRow>(AddressRange)>& blocksIn)
{
    bytes.hasContents = hasContents();
    if (!bytes.hasContents)
        return;
    const std::optional<std::size_t> moment = m_store->momentAt(bytes.eventIndex);
    if (!moment)
        return;
    const RecordedContents contents { m_store->pages(*moment), m_store->moments()[*moment].event, m_layout };
    overlayContents(bytes, contents);
    std::vector<AddressRange> known;
    for (const BlockRow& block : blocksIn(bytes.range)) {
        const AddressRange range { block.begin, block.begin + block.size };
        if (block.bornEvent <= contents.event) {
            known.push_back(range);
            continue;
        }
        const Address end = std::min(range.end, bytes.range.end);
        for (Address at = std::max(range.begin, bytes.range.begin); at < end; at = at + 1) {
            const Bytes i = at - bytes.range.begin;
            if (bytes.origins[i] != ByteOrigin::Recorded)
                continue;
            bytes.origins[i] = ByteOrigin::Unknown;
            bytes.bytes[i] = 0;
        }
    }
    decodeBlocks(bytes, known, contents);
}

} // namespace heapatlas
