// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/palette/palettedelegate.h"

#include "ui/palette/palettemodel.h"
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/widgets/painting.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QTextLayout>
#include <QTextOption>

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

constexpr int padding = 12;
constexpr int iconSize = 16;
constexpr int textLeft = padding + iconSize + 10;
constexpr int gap = 12;

const PaletteEntry& entryOf(const QModelIndex& index)
{
    return static_cast<const PaletteModel*>(index.model())->entry(index.row());
}

QTextOption wrapping()
{
    QTextOption option;
    option.setWrapMode(QTextOption::WordWrap);
    return option;
}

/// The name with its matched letters in the accent colour and bold; returns its width.
double title(QPainter* painter, const QRectF& box, const PaletteEntry& entry)
{
    const Theme& theme = Theme::current();
    QTextLayout layout(entry.title, fonts::ui(13, QFont::Medium));
    QList<QTextLayout::FormatRange> formats;
    QTextCharFormat marked;
    marked.setForeground(theme.accent);
    marked.setFontWeight(QFont::DemiBold);
    marked.setFontUnderline(true);
    for (const int at : entry.letters)
        formats << QTextLayout::FormatRange { at, 1, marked };
    layout.setFormats(formats);
    layout.beginLayout();
    QTextLine line = layout.createLine();
    line.setLineWidth(100'000);
    layout.endLayout();
    const double width = line.naturalTextWidth();
    painter->setPen(theme.text);
    if (width > box.width()) { // too long to mark: the end is cut
        painting::elided(*painter, box, layout.font(), theme.text, entry.title);
        return box.width();
    }
    layout.draw(painter, { box.left(), box.top() + (box.height() - line.height()) / 2 });
    return width;
}

} // namespace

QSize PaletteDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const PaletteEntry& entry = entryOf(index);
    int height = fonts::scaled(32);
    if (entry.kind == PaletteEntry::Kind::Header) {
        height = fonts::scaled(28);
    } else if (entry.kind == PaletteEntry::Kind::Note) {
        const QFontMetrics metrics(fonts::body());
        const QRect box =
            metrics.boundingRect(QRect(0, 0, std::max(200, option.rect.width() - 2 * padding), 1000),
                Qt::TextWordWrap, entry.title);
        height = box.height() + fonts::scaled(14);
    }
    return { 100, height };
}

void PaletteDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const Theme& theme = Theme::current();
    const PaletteEntry& entry = entryOf(index);
    const QRectF row = option.rect;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (entry.kind == PaletteEntry::Kind::Header) {
        const QRectF box = row.adjusted(padding, 6, -padding, 0);
        const double width =
            painting::elided(*painter, box, fonts::ui(11.5, QFont::DemiBold), theme.text2, entry.title);
        painting::elided(
            *painter, box.adjusted(width + 8, 0, 0, 0), fonts::ui(11.5), theme.text3, entry.detail);
        painter->restore();
        return;
    }
    if (entry.kind == PaletteEntry::Kind::Note) {
        painter->setPen(theme.text2);
        painter->setFont(fonts::body());
        painter->drawText(row.adjusted(padding, 7, -padding, -7), entry.title, wrapping());
        painter->restore();
        return;
    }
    const bool isCurrent = (option.state & QStyle::State_Selected) != 0;
    const bool isHovered = (option.state & QStyle::State_MouseOver) != 0;
    if (isCurrent || isHovered) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(isCurrent ? theme.selectTint : theme.hover);
        painter->drawRoundedRect(row.adjusted(4, 0.5, -4, -0.5), 6, 6);
    }
    if (!entry.icon.isEmpty()) {
        painter->drawPixmap(QPointF(row.left() + padding, std::round(row.center().y() - iconSize / 2.0)),
            icons::pixmap(entry.icon, iconSize, theme.text2, painter->device()->devicePixelRatioF()));
    }
    QRectF box = row.adjusted(textLeft, 0, -padding, 0);
    if (!entry.keys.isEmpty()) {
        const double width = painting::keyChip(*painter, box, theme.text2, entry.keys);
        box.setRight(box.right() - width - gap);
    }
    // The name has the right of way, but leaves the detail a third if that needs it.
    const QFont detailFont = fonts::ui(12);
    const double wanted = QFontMetricsF(detailFont).horizontalAdvance(entry.detail);
    const double kept = entry.detail.isEmpty() ? 0 : std::min(wanted, box.width() / 3) + gap;
    const double used = title(painter, box.adjusted(0, 0, -kept, 0), entry);
    painting::elided(*painter, box.adjusted(used + gap, 0, 0, 0), detailFont, theme.text2, entry.detail,
        Qt::AlignRight | Qt::AlignVCenter);
    painter->restore();
}

} // namespace heapatlas
