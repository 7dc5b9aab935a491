// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/bytes/bytestext.h"

#include "session/wording.h"
#include "ui/views/bytes/bytetints.h"

#include <QCoreApplication>

#include <algorithm>

namespace heapatlas::bytestext {

namespace {

constexpr Bytes hexPerLine = 16;
constexpr Bytes wordsPerLine = 12;

QString tr(const char* text) { return QCoreApplication::translate("Bytes", text); }

QString hex(std::uint64_t value, int digits)
{
    return QStringLiteral("%1").arg(value, digits, 16, QLatin1Char('0'));
}

AddressRange clipped(const HeapBytes& bytes, AddressRange range)
{
    range.begin = std::max(range.begin, bytes.range.begin);
    range.end = std::min(range.end, bytes.range.end);
    return range.isEmpty() ? AddressRange { range.begin, range.begin } : range;
}

} // namespace

std::optional<std::size_t> fieldAt(const HeapBytes& bytes, Address address)
{
    if (!bytes.range.contains(address))
        return std::nullopt;
    const Bytes offset = address - bytes.range.begin;
    const auto after = std::upper_bound(bytes.fields.begin(), bytes.fields.end(), offset,
        [](Bytes at, const ByteField& field) { return at < field.offset; });
    if (after == bytes.fields.begin() || offset >= std::prev(after)->offset + std::prev(after)->size)
        return std::nullopt;
    return static_cast<std::size_t>(std::prev(after) - bytes.fields.begin());
}

AddressRange fieldRange(const HeapBytes& bytes, Address address)
{
    const auto index = fieldAt(bytes, address);
    if (!index)
        return { address, address + 1 };
    const ByteField& field = bytes.fields[*index];
    return { bytes.range.begin + field.offset, bytes.range.begin + field.offset + field.size };
}

std::optional<std::uint8_t> byteAt(const HeapBytes& bytes, Address address)
{
    if (!bytes.range.contains(address))
        return std::nullopt;
    const Bytes offset = address - bytes.range.begin;
    if (offset >= bytes.bytes.size() || bytes.origins[offset] == ByteOrigin::Unknown)
        return std::nullopt;
    return bytes.bytes[offset];
}

bool isKnown(const HeapBytes& bytes, Address address) { return byteAt(bytes, address).has_value(); }

bool hasKnown(const HeapBytes& bytes, AddressRange range)
{
    range = clipped(bytes, range);
    const auto begin = bytes.origins.begin() + static_cast<std::ptrdiff_t>(range.begin - bytes.range.begin);
    return std::any_of(begin, begin + static_cast<std::ptrdiff_t>(range.size()),
        [](ByteOrigin origin) { return origin != ByteOrigin::Unknown; });
}

QString asHex(const HeapBytes& bytes, AddressRange range)
{
    range = clipped(bytes, range);
    QString text;
    for (Bytes i = 0; i < range.size(); ++i) {
        if (i > 0)
            text += i % hexPerLine == 0 ? u'\n' : u' ';
        const auto byte = byteAt(bytes, range.begin + i);
        text += byte ? hex(*byte, 2) : QStringLiteral("..");
    }
    return text;
}

QString asCArray(const HeapBytes& bytes, AddressRange range)
{
    range = clipped(bytes, range);
    Bytes unknown = 0;
    QString body;
    for (Bytes i = 0; i < range.size(); ++i) {
        const auto byte = byteAt(bytes, range.begin + i);
        unknown += byte ? 0U : 1U;
        body += i % wordsPerLine == 0 ? QStringLiteral("\n    ") : QStringLiteral(" ");
        body += QStringLiteral("0x%1,").arg(hex(byte.value_or(0), 2));
    }
    QString comment = QStringLiteral("/* %1 */").arg(wording::address(range.begin));
    if (unknown > 0)
        comment = QStringLiteral("/* %1, %2 of the bytes are not known */")
                      .arg(wording::address(range.begin))
                      .arg(unknown);
    return QStringLiteral("%1\nstatic const unsigned char bytes[%2] = {%3\n};\n")
        .arg(comment)
        .arg(range.size())
        .arg(body);
}

QString asText(const HeapBytes& bytes, AddressRange range)
{
    range = clipped(bytes, range);
    QString text;
    for (Bytes i = 0; i < range.size(); ++i) {
        const auto byte = byteAt(bytes, range.begin + i);
        const bool isPrintable = byte && *byte >= 0x20 && *byte < 0x7F;
        text += isPrintable ? QChar(static_cast<char16_t>(*byte)) : QChar(u'.');
    }
    return text;
}

QStringList tooltipLines(const HeapBytes& bytes, AddressRange whole, Address address)
{
    QStringList lines;
    const auto index = fieldAt(bytes, address);
    if (index) {
        const ByteField& field = bytes.fields[*index];
        lines += QString::fromStdString(field.name);
        const Bytes offset = bytes.range.begin + field.offset - whole.begin;
        lines += tr("+0x%1, %2 B, %3").arg(hex(offset, 1)).arg(field.size).arg(bytetints::word(field.kind));
        if (!field.value.empty())
            lines += QString::fromStdString(field.value);
    } else {
        lines += tr("Byte at +0x%1").arg(hex(address - whole.begin, 1));
        if (const auto byte = byteAt(bytes, address))
            lines += QStringLiteral("0x%1, %2").arg(hex(*byte, 2)).arg(*byte);
    }
    const ByteOrigin origin = bytes.range.contains(address) && !bytes.origins.empty()
        ? bytes.origins[address - bytes.range.begin]
        : ByteOrigin::Unknown;
    if (origin == ByteOrigin::Engine)
        lines += tr("kept by the allocator, exact at this event");
    else if (origin == ByteOrigin::Recorded)
        lines += ageOf(bytes);
    else
        lines += tr("not known");
    return lines;
}

QString fieldLine(const HeapBytes& bytes, AddressRange whole, const ByteField& field)
{
    const Bytes offset = bytes.range.begin + field.offset - whole.begin;
    QString line =
        tr("%1, offset %2, %3 bytes").arg(QString::fromStdString(field.name)).arg(offset).arg(field.size);
    if (!field.value.empty())
        line += QStringLiteral(", ") + QString::fromStdString(field.value);
    else if (!isKnown(bytes, bytes.range.begin + field.offset))
        line += tr(", not known");
    return line;
}

QString kindOf(const HeapBytes& bytes, const Selection& selection, const HeapSnapshot& snapshot)
{
    if (!bytes.structure.empty())
        return QString::fromStdString(bytes.structure);
    if (selection.what == Selection::What::Slot)
        return tr("free slot");
    const RegionRow* const region = snapshot.regionAt(selection.range.begin);
    if (region == nullptr)
        return tr("raw");
    if (region->kind == RegionKind::Header)
        return tr("chunk header");
    if (region->kind == RegionKind::Free)
        return tr("free pages");
    if (selection.what == Selection::What::Block && !bytes.fields.empty()
        && bytes.fields.front().kind == FieldKind::HugeNode)
        return tr("list node of a huge block");
    return tr("raw");
}

QString ageOf(const HeapBytes& bytes)
{
    if (!bytes.contentsEvent
        || std::find(bytes.origins.begin(), bytes.origins.end(), ByteOrigin::Recorded) == bytes.origins.end())
        return {};
    if (*bytes.contentsEvent == bytes.eventIndex)
        return tr("recorded at this event");
    const bool isBefore = *bytes.contentsEvent < bytes.eventIndex;
    const std::uint64_t distance =
        isBefore ? bytes.eventIndex - *bytes.contentsEvent : *bytes.contentsEvent - bytes.eventIndex;
    return (isBefore ? tr("recorded %1 events ago") : tr("recorded %1 events later"))
        .arg(wording::count(distance));
}

} // namespace heapatlas::bytestext
