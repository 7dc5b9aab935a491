// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/bytespainter.h"

#include "ui/theme/fonts.h"
#include "ui/views/bytes/bytestext.h"
#include "ui/views/bytes/bytetints.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

constexpr double wash = 0.2; ///< of the size class behind bytes that live
constexpr double freeWash = 0.55; ///< of a fill that is light already
constexpr double faint = 0.5;

} // namespace

BytesPainter::BytesPainter(QImage& image, const MapScene& scene)
    : m_image(image)
    , m_scene(scene)
    , m_layout(scene.layout)
    , m_inks(scene)
    , m_body(scene.layout.body())
    , m_hasText(scene.layout.showsCharacters())
    , m_byteW(static_cast<double>(m_layout.pageW()) / static_cast<double>(m_layout.rowBytes()))
{
    const double ratio = m_layout.ratio();
    const double size = std::clamp(m_byteW / ratio * 0.62, 10.0, 13.0);
    QFont font = fonts::mono(size);
    font.setPixelSize(static_cast<int>(std::lround(size * ratio)));
    m_font = QRawFont::fromFont(font);
    const auto glyphsOf = [this](const QString& text) { return m_font.glyphIndexesForString(text); };
    const QList<quint32> digits = glyphsOf(QStringLiteral("0123456789abcdef"));
    std::copy_n(digits.begin(), std::min<qsizetype>(digits.size(), 16), m_digits.begin());
    QString characters;
    for (char16_t c = 0x20; c < 0x7F; ++c)
        characters += QChar(c);
    const QList<quint32> glyphs = glyphsOf(characters);
    std::copy_n(glyphs.begin(), std::min<qsizetype>(glyphs.size(), 95), m_characters.begin());
    const QList<quint32> dot = glyphsOf(QStringLiteral("·"));
    m_dot = dot.isEmpty() ? 0 : dot.front();
    const QList<QPointF> advances = m_font.advancesForGlyphIndexes(digits.mid(0, 1));
    m_advance = advances.isEmpty() ? size * 0.6 : advances.front().x();
}

const HeapBytes* BytesPainter::bytesAt(Address address) const
{
    for (const HeapBytesPtr& bytes : m_scene.bytes)
        if (bytes && bytes->range.contains(address))
            return bytes.get();
    return nullptr;
}

void BytesPainter::put(Ink ink, quint32 glyph, double x, double y)
{
    m_glyphs[ink].append(glyph);
    m_places[ink].append(QPointF(x, y));
}

void BytesPainter::paint()
{
    QPainter painter(&m_image);
    const MapLayout::Span items = m_layout.visibleItems();
    for (int i = items.begin; i < items.end; ++i) {
        const MapLayout::Item& item = m_layout.items()[static_cast<std::size_t>(i)];
        if (item.pages == 0)
            continue;
        const MapLayout::Span rows = m_layout.visibleRows(item);
        const MapLayout::Span columns = m_layout.visibleColumns(item);
        for (int row = rows.begin; row < rows.end; ++row) {
            for (int column = columns.begin; column < columns.end; ++column) {
                const auto page = static_cast<std::uint32_t>(row * MapLayout::pagesPerRow + column);
                if (page >= item.pages)
                    continue;
                painter.setClipRect(m_body);
                paintPage(painter, item, page);
                if (column == columns.begin)
                    addGutter(item, page);
            }
        }
    }
    painter.setClipRect(m_body);
    flushText(painter);
}

void BytesPainter::paintPage(QPainter& painter, const MapLayout::Item& item, std::uint32_t page)
{
    const Address begin = item.range.begin + page * m_layout.pageBytes();
    const RegionRow* const region = m_scene.snapshot.regionAt(begin);
    if (region == nullptr)
        return;
    const QRect box = m_layout.pageRect(item, page);
    const Bytes rowBytes = m_layout.rowBytes();
    const int rowH = std::max(1, box.height() / m_layout.rowsPerPage());
    const int first = std::clamp((m_body.top() - box.top()) / rowH - 1, 0, m_layout.rowsPerPage());
    const int last = std::clamp((m_body.bottom() - box.top()) / rowH + 2, 0, m_layout.rowsPerPage());
    for (int k = first; k < last; ++k) {
        const QRect rowBox(box.left(), box.top() + m_layout.rowTop(k), box.width(),
            m_layout.rowTop(k + 1) - m_layout.rowTop(k));
        const Address at = begin + static_cast<Bytes>(k) * rowBytes;
        const AddressRange row { at, at + rowBytes };
        paintWash(painter, *region, rowBox, row);
        const HeapBytes* const bytes = bytesAt(row.begin);
        if (bytes != nullptr)
            paintFields(painter, rowBox, row, *bytes);
        addText(rowBox, row, bytes);
    }
}

void BytesPainter::paintWash(QPainter& painter, const RegionRow& region, QRect box, AddressRange row)
{
    const Theme& theme = m_scene.theme;
    const auto fill = [&](Bytes from, Bytes to, const QColor& color) {
        const int left = box.left() + m_layout.byteX(from);
        painter.fillRect(QRect(left, box.top(), box.left() + m_layout.byteX(to) - left, box.height()), color);
    };
    const Bytes width = row.size();
    if (region.kind == RegionKind::Header || region.kind == RegionKind::Free) {
        const bool isHeader = region.kind == RegionKind::Header;
        fill(0, width,
            isHeader ? Theme::mix(QColor(m_inks.header()), theme.canvas, 0.06) : QColor(m_inks.freePage()));
        return;
    }
    const MapInks::Fill inks = m_inks.fill(region);
    const Bytes offset = row.begin - region.range.begin;
    const auto block = [&](Bytes from, Bytes to, Address begin) {
        // Requested bytes, then slack.
        const BlockRow* const b = m_scene.snapshot.blockAt(begin);
        const MapInks::Fill own = b != nullptr && m_inks.isPerBlock() ? m_inks.block(region, *b) : inks;
        const QColor live = Theme::mix(QColor(own.live), theme.canvas, wash);
        const QColor slack = Theme::mix(QColor(own.slack), theme.canvas, wash);
        const Bytes asked = b != nullptr ? b->requested : to;
        const Bytes used = begin + asked <= row.begin ? 0 : begin + asked - row.begin;
        const Bytes split = m_scene.isSlackShown ? std::clamp(used, from, to) : to;
        fill(from, split, live);
        if (split < to)
            fill(split, to, slack);
        return QColor(own.live);
    };
    if (region.kind != RegionKind::SmallRun) {
        block(0, width, region.range.begin);
        return;
    }
    fill(0, width, Theme::mix(QColor(m_inks.tail()), theme.canvas, freeWash));
    const Bytes slotBytes = std::max<Bytes>(1, region.slotBytes);
    for (Bytes slot = offset / slotBytes; slot < region.slotCount && slot * slotBytes < offset + width;
         ++slot) {
        const Bytes begin = slot * slotBytes;
        const Bytes from = begin > offset ? begin - offset : 0;
        const Bytes to = std::min(begin + slotBytes - offset, width);
        QColor edge(inks.live);
        if (m_scene.snapshot.isSlotLive(region, static_cast<std::uint32_t>(slot)))
            edge = block(from, to, region.range.begin + begin);
        else
            fill(from, to, Theme::mix(QColor(inks.free), theme.canvas, freeWash));
        // Where a slot begins, and along its first row.
        const int left = box.left() + m_layout.byteX(from);
        if (begin >= offset)
            painter.fillRect(QRect(left, box.top(), m_layout.px(2), box.height()), edge);
        if (begin + width > offset) {
            const Bytes end = begin >= offset ? to : std::min(begin + width - offset, to);
            painter.fillRect(
                QRect(left, box.top(), box.left() + m_layout.byteX(end) - left, m_layout.px(1)), edge);
        }
    }
}

void BytesPainter::paintFields(QPainter& painter, QRect box, AddressRange row, const HeapBytes& bytes)
{
    const auto endOf = [&bytes](
                           const ByteField& field) { return bytes.range.begin + field.offset + field.size; };
    auto field = std::partition_point(
        bytes.fields.begin(), bytes.fields.end(), [&](const ByteField& f) { return endOf(f) <= row.begin; });
    for (; field != bytes.fields.end() && bytes.range.begin + field->offset < row.end; ++field) {
        if (!bytetints::hasTint(field->kind))
            continue;
        const Address begin = bytes.range.begin + field->offset;
        const Bytes from = begin > row.begin ? begin - row.begin : 0;
        const Bytes to = std::min(endOf(*field), row.end) - row.begin;
        const int left = box.left() + m_layout.byteX(from) + (begin >= row.begin ? m_layout.px(2) : 0);
        const int right = box.left() + m_layout.byteX(to) - (endOf(*field) <= row.end ? m_layout.px(1) : 0);
        painter.fillRect(QRect(left, box.top() + m_layout.px(1), right - left, box.height() - m_layout.px(2)),
            bytetints::tint(field->kind, m_scene.theme, m_scene.theme.canvas));
    }
}

void BytesPainter::addText(QRect box, AddressRange row, const HeapBytes* bytes)
{
    const double cap = m_font.capHeight();
    const double upper = m_hasText ? box.height() * 0.54 : box.height();
    const double hexY = std::round(box.top() + (upper + cap) / 2 + (m_hasText ? 1 : 0));
    const double textY = std::round(box.top() + upper + (box.height() - upper + cap) / 2 - 2);
    for (Bytes i = 0; i < row.size(); ++i) {
        const double x = box.left() + static_cast<double>(i) * m_byteW;
        if (x + m_byteW < m_body.left())
            continue;
        if (x > m_body.right())
            break;
        const double pair = std::round(x + (m_byteW - 2 * m_advance) / 2);
        const auto byte = bytes != nullptr ? bytestext::byteAt(*bytes, row.begin + i) : std::nullopt;
        if (!byte) {
            put(Unknown, m_dot, pair, hexY);
            put(Unknown, m_dot, pair + m_advance, hexY);
            continue;
        }
        const Ink ink = *byte == 0 ? Zero : Known;
        put(ink, m_digits[*byte >> 4], pair, hexY);
        put(ink, m_digits[*byte & 15], pair + m_advance, hexY);
        if (!m_hasText)
            continue;
        const bool isPrintable = *byte >= 0x20 && *byte < 0x7F;
        put(isPrintable ? Known : Unknown, isPrintable ? m_characters[*byte - 0x20U] : m_dot,
            std::round(x + (m_byteW - m_advance) / 2), textY);
    }
}

/// Offsets in the chunk, for the leftmost page that is seen.
void BytesPainter::addGutter(const MapLayout::Item& item, std::uint32_t page)
{
    const QRect box = m_layout.pageRect(item, page);
    const double cap = m_font.capHeight();
    const double right = m_layout.gutter() - m_layout.px(10);
    for (int k = 0; k < m_layout.rowsPerPage(); ++k) {
        const int top = box.top() + m_layout.rowTop(k);
        const int bottom = box.top() + m_layout.rowTop(k + 1);
        if (bottom <= m_body.top() || top > m_body.bottom())
            continue;
        const Bytes offset = page * m_layout.pageBytes() + static_cast<Bytes>(k) * m_layout.rowBytes();
        const double y = std::round(top + ((m_hasText ? (bottom - top) * 0.54 : bottom - top) + cap) / 2);
        if (y - cap < m_body.top())
            continue; // it would stand half in the head
        for (unsigned digit = 0; digit < 6; ++digit)
            put(Gutter, m_digits[(offset >> (4 * (5 - digit))) & 15], right - (6 - digit) * m_advance, y);
    }
}

void BytesPainter::flushText(QPainter& painter)
{
    const Theme& theme = m_scene.theme;
    const std::array<QColor, InkCount> colors { theme.text, theme.text2,
        Theme::mix(theme.text3, theme.canvas, faint), theme.text3 };
    for (unsigned ink = 0; ink < InkCount; ++ink) {
        if (m_glyphs[ink].isEmpty())
            continue;
        if (ink == Gutter)
            painter.setClipping(false);
        QGlyphRun run;
        run.setRawFont(m_font);
        run.setGlyphIndexes(m_glyphs[ink]);
        run.setPositions(m_places[ink]);
        painter.setPen(colors[ink]);
        painter.drawGlyphRun({ 0, 0 }, run);
    }
}

} // namespace heapatlas
