// SPDX-License-Identifier: GPL-3.0-or-later
// The part of MapCanvas that deals with single bytes; what they look like is in bytespainter.cpp.
#include "ui/views/bytes/bytestext.h"
#include "ui/views/map/mapcanvas.h"

#include <QKeyEvent>

#include <algorithm>

namespace heapatlas {

void MapCanvas::setBytes(std::vector<HeapBytesPtr> bytes)
{
    m_bytes = std::move(bytes);
    if (level() == MapLevel::Byte)
        markDirty();
}

void MapCanvas::setByteRange(AddressRange range)
{
    if (m_byteRange == range)
        return;
    m_byteRange = range;
    update();
}

HeapBytesPtr MapCanvas::bytesAt(Address address) const
{
    for (const HeapBytesPtr& bytes : m_bytes)
        if (bytes && bytes->range.contains(address))
            return bytes;
    return nullptr;
}

QStringList MapCanvas::byteLinesAt(const MapTarget& target, Address address) const
{
    const QStringList about = tooltipLines(*m_snapshot, target, {});
    const HeapBytesPtr bytes = bytesAt(address);
    if (bytes == nullptr || about.isEmpty())
        return about;
    return bytestext::tooltipLines(*bytes, target.range, address) + QStringList { about.front() };
}

/// Chooses the field that covers the byte, and what it belongs to.
void MapCanvas::chooseByte(Address address)
{
    requestSelection(targetAt(*m_snapshot, address).selection());
    const HeapBytesPtr bytes = bytesAt(address);
    const AddressRange range =
        bytes != nullptr ? bytestext::fieldRange(*bytes, address) : AddressRange { address, address + 1 };
    setByteRange(range);
    Q_EMIT byteRangeRequested(range);
}

void MapCanvas::moveByByte(int key)
{
    const AddressRange from = m_byteRange.isEmpty() ? m_selection.range : m_byteRange;
    if (from.isEmpty()) {
        const std::vector<AddressRange> seen = m_layout.byteWindows();
        if (!seen.empty())
            chooseByte(seen.front().begin);
        return;
    }
    if (m_byteRange.isEmpty()) { // going in: the first field
        chooseByte(from.begin);
        return;
    }
    const Bytes row = m_layout.rowBytes();
    Address to = from.begin;
    switch (key) {
    case Qt::Key_Right:
        to = from.end;
        break;
    case Qt::Key_Left:
        to = from.begin - 1;
        break;
    case Qt::Key_Down:
        to = std::max(from.begin + row, from.end);
        break;
    default:
        to = from.begin - row;
        break;
    }
    const ChunkRow* const chunk = m_snapshot->chunkAt(from.begin);
    if (chunk != nullptr && chunk->range.contains(to))
        chooseByte(to);
}

void MapCanvas::followPointer()
{
    const HeapBytesPtr bytes = m_byteRange.isEmpty() ? nullptr : bytesAt(m_byteRange.begin);
    const auto field = bytes != nullptr ? bytestext::fieldAt(*bytes, m_byteRange.begin) : std::nullopt;
    if (!field || !bytes->fields[*field].target)
        return;
    const Address target = *bytes->fields[*field].target;
    if (m_snapshot->regionAt(target) == nullptr)
        return; // somewhere outside the heap
    chooseByte(target);
    revealSelection();
}

} // namespace heapatlas
