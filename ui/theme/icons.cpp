// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/icons.h"

#include "ui/theme/theme.h"

#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

#include <algorithm>
#include <cmath>
#include <optional>

namespace heapatlas::icons {

namespace {

/// The SVG text of an icon, read once; empty if there is none of that name.
const QByteArray& sourceOf(const QString& name)
{
    static QHash<QString, QByteArray> sources;
    const auto it = sources.constFind(name);
    if (it != sources.constEnd())
        return it.value();
    QFile file(QStringLiteral(":/icons/") + name + QStringLiteral(".svg"));
    QByteArray text;
    if (file.open(QIODevice::ReadOnly))
        text = file.readAll();
    else
        qWarning("no icon named %s", qPrintable(name));
    return sources.insert(name, text).value();
}

/// `side` in device pixels.
QPixmap rendered(const QString& name, int side, const QColor& color)
{
    const QString key = QStringLiteral("icon/%1/%2/%3").arg(name).arg(side).arg(color.rgba(), 0, 16);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap))
        return pixmap;
    pixmap = QPixmap(side, side);
    pixmap.fill(Qt::transparent);
    QByteArray text = sourceOf(name);
    if (!text.isEmpty()) {
        text.replace("currentColor", color.name(QColor::HexRgb).toLatin1());
        QSvgRenderer renderer(text);
        QPainter painter(&pixmap);
        painter.setOpacity(color.alphaF());
        renderer.render(&painter, QRectF(0, 0, side, side));
    }
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

/// Renders at the moment of painting, so that a theme change needs nothing but a repaint.
class ThemedEngine : public QIconEngine
{
public:
    ThemedEngine(QString name, std::optional<QColor> color)
        : m_name(std::move(name))
        , m_color(color)
    {
    }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override
    {
        const qreal ratio = painter->device() == nullptr ? 1.0 : painter->device()->devicePixelRatioF();
        const int side = std::min(rect.width(), rect.height());
        QPixmap drawn = rendered(m_name, static_cast<int>(std::lround(side * ratio)), colorOf(mode, state));
        drawn.setDevicePixelRatio(ratio);
        const QRect square(0, 0, side, side);
        painter->drawPixmap(square.translated(rect.center() - square.center()), drawn);
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        return rendered(m_name, std::max(1, std::min(size.width(), size.height())), colorOf(mode, state));
    }
    /// QIcon hands `size` over in device pixels and sets the ratio on the result.
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal scale) override
    {
        Q_UNUSED(scale);
        return pixmap(size, mode, state);
    }
    QIconEngine* clone() const override { return new ThemedEngine(m_name, m_color); }
    QString key() const override { return QStringLiteral("heapatlas"); }
    QString iconName() override { return m_name; }
    bool isNull() override { return sourceOf(m_name).isEmpty(); }

private:
    [[nodiscard]] QColor colorOf(QIcon::Mode mode, QIcon::State state) const
    {
        const Theme& theme = Theme::current();
        if (mode == QIcon::Disabled)
            return Theme::mix(theme.text3, theme.window, 0.55);
        if (m_color)
            return *m_color;
        return state == QIcon::On ? theme.accent : theme.text;
    }

    QString m_name;
    std::optional<QColor> m_color;
};

} // namespace

QIcon icon(QStringView name) { return QIcon(new ThemedEngine(name.toString(), std::nullopt)); }

QIcon icon(QStringView name, const QColor& color) { return QIcon(new ThemedEngine(name.toString(), color)); }

QPixmap pixmap(QStringView name, int size, const QColor& color, qreal devicePixelRatio)
{
    const int side = std::max(1, static_cast<int>(std::lround(size * devicePixelRatio)));
    QPixmap result = rendered(name.toString(), side, color);
    result.setDevicePixelRatio(devicePixelRatio);
    return result;
}

QIcon applicationIcon()
{
    QIcon result;
    QSvgRenderer renderer(QStringLiteral(":/icons/heap-atlas.svg"));
    for (const int side : { 16, 24, 32, 48, 64, 128, 256 }) {
        QPixmap pixmap(side, side);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        renderer.render(&painter, QRectF(0, 0, side, side));
        result.addPixmap(pixmap);
    }
    return result;
}

} // namespace heapatlas::icons
