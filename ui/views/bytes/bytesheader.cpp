// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/bytes/bytesheader.h"

#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"
#include "ui/views/bytes/bytetints.h"
#include "ui/widgets/segmentedswitch.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QToolButton>

#include <algorithm>

namespace heapatlas {

namespace {

constexpr int margin = 16;
constexpr int gap = 10;
constexpr double swatch = 12;

} // namespace

BytesHeader::BytesHeader(QWidget* parent)
    : QWidget(parent)
    , m_modes(new SegmentedSwitch({ tr("Decoded"), tr("Raw") }, this))
    , m_close(new QToolButton(this))
{
    setObjectName(QStringLiteral("bytesHeader"));
    m_modes->setObjectName(QStringLiteral("bytesModes"));
    m_modes->setAccessibleName(tr("Decoded or raw"));
    m_modes->setToolTips({ tr("Fields tinted and listed with their values"), tr("Bytes alone") });
    m_close->setObjectName(QStringLiteral("bytesClose"));
    m_close->setAccessibleName(tr("Close the bytes"));
    m_close->setToolTip(tr("Close (Ctrl+Shift+B)"));
    m_close->setIcon(icons::icon(u"close"));
    m_close->setFixedSize(fonts::scaled(24), fonts::scaled(24));
    m_close->setFocusPolicy(Qt::TabFocus);
    setFixedHeight(fonts::scaled(36));
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
}

void BytesHeader::setSubject(const QString& text)
{
    m_subject = text;
    setAccessibleName(text);
    update();
}

void BytesHeader::setKinds(std::vector<FieldKind> kinds)
{
    m_kinds = std::move(kinds);
    update();
}

void BytesHeader::resizeEvent(QResizeEvent*)
{
    const int y = (height() - m_close->height()) / 2;
    m_close->move(width() - margin + 6 - m_close->width(), y);
    const QSize modes = m_modes->sizeHint();
    m_modes->setGeometry(
        m_close->x() - 6 - modes.width(), (height() - modes.height()) / 2, modes.width(), modes.height());
}

void BytesHeader::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), theme.canvas);
    painter.fillRect(QRect(0, 0, width(), 1), theme.line);
    double x = margin;
    const auto word = [&](const QString& text, const QFont& font, const QColor& color, double most) {
        painter.setFont(font);
        painter.setPen(color);
        const QFontMetricsF metrics(font);
        const QString shown = metrics.elidedText(text, Qt::ElideRight, most);
        painter.drawText(QRectF(x, 1, most, height() - 1), Qt::AlignLeft | Qt::AlignVCenter, shown);
        x += metrics.horizontalAdvance(shown) + gap;
    };
    word(tr("Bytes"), fonts::bodyStrong(), theme.text, 80);
    const double end = m_modes->x() - gap;
    const QFontMetricsF metrics(fonts::secondary());
    // The legend from the right: entries that do not fit are left out, the tooltip of a byte names its kind anyway.
    double legend = 0;
    std::size_t shown = 0;
    const double least = std::min(metrics.horizontalAdvance(m_subject), (end - x) / 2);
    for (const FieldKind kind : m_kinds) {
        const double entry = swatch + 6 + metrics.horizontalAdvance(bytetints::word(kind)) + gap;
        if (x + least + gap + legend + entry > end)
            break;
        legend += entry;
        ++shown;
    }
    word(m_subject, fonts::secondary(), theme.text2, std::max(0.0, end - legend - x - gap));
    x = end - legend;
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t i = 0; i < shown; ++i) {
        painter.setPen(bytetints::edge(m_kinds[i], theme));
        painter.setBrush(bytetints::tint(m_kinds[i], theme, theme.canvas));
        painter.drawRoundedRect(QRectF(x + 0.5, (height() - swatch) / 2 + 0.5, swatch - 1, swatch - 1), 2, 2);
        x += swatch + 6;
        word(bytetints::word(m_kinds[i]), fonts::secondary(), theme.text2, 200);
    }
}

} // namespace heapatlas
