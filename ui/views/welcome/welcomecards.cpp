// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/welcome/welcomecards.h"

#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/widgets/painting.h"

#include <QContextMenuEvent>
#include <QFileInfo>
#include <QFontMetricsF>
#include <QLocale>
#include <QMenu>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>

#include <algorithm>

namespace heapatlas {

QString friendlyDate(const QDateTime& when, const QDateTime& now)
{
    const QLocale english(QLocale::English); // like every other text of the program
    const qint64 days = when.date().daysTo(now.date());
    if (days == 0)
        return QObject::tr("today %1").arg(english.toString(when, QStringLiteral("HH:mm")));
    if (days == 1)
        return QObject::tr("yesterday");
    if (days > 1 && days < 7)
        return english.toString(when, QStringLiteral("dddd"));
    return english.toString(when,
        when.date().year() == now.date().year() ? QStringLiteral("d MMMM") : QStringLiteral("d MMMM yyyy"));
}

QString shortCount(std::uint64_t n)
{
    if (n < 10'000)
        return wording::count(n);
    if (n < 1'000'000)
        return wording::count((n + 500) / 1000) + QStringLiteral(" k");
    return QString::number(static_cast<double>(n) / 1e6, 'f', 2) + QStringLiteral(" M");
}

StartCard::StartCard(const QString& icon, const QString& title, const QString& subtitle, const QString& keys,
    bool isPrimary, QWidget* parent)
    : Card(parent)
    , m_icon(icon)
    , m_keys(keys)
    , m_isPrimary(isPrimary)
{
    setText(title);
    setAccessibleName(title);
    setSubtitle(subtitle);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize StartCard::sizeHint() const { return { 336, fonts::scaled(56) }; }

void StartCard::setSubtitle(const QString& subtitle)
{
    m_subtitle = subtitle;
    setAccessibleDescription(subtitle);
    setToolTip(subtitle);
    update();
}

QColor StartCard::surface() const
{
    if (!m_isPrimary)
        return Card::surface();
    const Theme& theme = Theme::current();
    return underMouse() ? Theme::mix(theme.accent, theme.text, 0.88) : theme.accent;
}

void StartCard::paintContent(QPainter& painter)
{
    const Theme& theme = Theme::current();
    const QColor ink = m_isPrimary ? theme.onAccent : theme.text;
    const QColor ink2 = m_isPrimary ? Theme::mix(theme.onAccent, theme.accent, 0.88) : theme.text2;
    const QRectF box = rect();
    painter.drawPixmap(
        QPointF(16, (box.height() - 20) / 2), icons::pixmap(m_icon, 20, ink, devicePixelRatioF()));
    const double chip =
        m_keys.isEmpty() ? 0 : painting::keyChip(painter, box.adjusted(0, 0, -14, 0), ink2, m_keys) + 20;
    const double left = 50;
    const double width = box.width() - left - 12 - chip;
    const double lineHeight = fonts::scaled(18);
    const double top = (box.height() - 2 * lineHeight) / 2;
    painting::elided(
        painter, QRectF(left, top, width, lineHeight), fonts::ui(13, QFont::Medium), ink, text());
    painting::elided(
        painter, QRectF(left, top + lineHeight, width, lineHeight), fonts::secondary(), ink2, m_subtitle);
}

RecentCard::RecentCard(const RecentFile& file, QWidget* parent)
    : Card(parent)
    , m_file(file)
    , m_fingerprint(QImage::fromData(file.fingerprint, "PNG"))
{
    setObjectName(QStringLiteral("recentCard"));
    const QString name = QFileInfo(file.path).fileName();
    setText(name);
    setToolTip(file.path);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    if (file.exists) {
        setAccessibleName(tr("Open %1").arg(name));
        return;
    }
    setAccessibleName(tr("%1, not found").arg(name));
    setCursor(Qt::ArrowCursor);
    m_locate = new QPushButton(tr("Locate…"), this);
    m_locate->setObjectName(QStringLiteral("recentLocate"));
    m_locate->setAccessibleName(tr("Locate %1").arg(name));
    m_remove = new QPushButton(tr("Remove"), this);
    m_remove->setObjectName(QStringLiteral("recentRemove"));
    m_remove->setAccessibleName(tr("Remove %1 from the list").arg(name));
    connect(m_locate, &QPushButton::clicked, this, &RecentCard::locateRequested);
    connect(m_remove, &QPushButton::clicked, this, &RecentCard::removeRequested);
}

QSize RecentCard::sizeHint() const { return { 452, 109 }; }

void RecentCard::paintContent(QPainter& painter)
{
    const Theme& theme = Theme::current();
    const bool isThere = m_file.exists;
    const QRectF picture(13, 13, 109, height() - 26);
    painter.setOpacity(isThere ? 1 : 0.35);
    if (m_fingerprint.isNull())
        painter.fillRect(picture, theme.freePage);
    else
        painter.drawImage(picture, m_fingerprint);
    painter.setOpacity(1);

    const double left = picture.right() + 16;
    const double right = width() - 13;
    const double lineHeight = fonts::scaled(18);
    const QString date = friendlyDate(m_file.opened, QDateTime::currentDateTime());
    const double dateWidth = QFontMetricsF(fonts::secondary()).horizontalAdvance(date) + 2;
    const double top = 13;
    painting::elided(painter, QRectF(right - dateWidth, top, dateWidth, lineHeight), fonts::secondary(),
        theme.text2, date, Qt::AlignRight | Qt::AlignVCenter);
    painting::elided(painter, QRectF(left, top, right - left - dateWidth - 10, lineHeight),
        fonts::ui(13, QFont::DemiBold), isThere ? theme.text : theme.text3, text());
    const QRectF second(left, top + lineHeight + 3, right - left, lineHeight);
    if (!isThere) {
        painting::elided(painter, second, fonts::secondary(), theme.text2,
            tr("Not found in %1").arg(QFileInfo(m_file.path).path()));
        return;
    }
    if (m_file.events > 0) {
        painting::elided(painter, second, fonts::secondary(), theme.text2,
            tr("%1 events, %2 peak").arg(shortCount(m_file.events), wording::size(m_file.peakBytes)));
    }
    const QRectF curve(left, second.bottom() + 4, right - left, height() - 13 - second.bottom() - 4);
    painting::sparkline(painter, curve, m_file.curve, theme.live, Theme::mix(theme.live, theme.raised, 0.16));
}

void RecentCard::contextMenuEvent(QContextMenuEvent* event)
{
    QMenu menu(this);
    QAction* open = menu.addAction(tr("Open"));
    open->setEnabled(m_file.exists);
    connect(open, &QAction::triggered, this, [this] { click(); });
    if (!m_file.exists)
        connect(menu.addAction(tr("Locate…")), &QAction::triggered, this, &RecentCard::locateRequested);
    connect(menu.addAction(tr("Remove from list")), &QAction::triggered, this, &RecentCard::removeRequested);
    menu.exec(event->globalPos());
}

void RecentCard::resizeEvent(QResizeEvent*)
{
    if (m_remove == nullptr)
        return;
    int right = width() - 13;
    for (QPushButton* button : { m_remove, m_locate }) {
        const QSize size = button->sizeHint();
        button->setGeometry(right - size.width(), height() - 11 - size.height(), size.width(), size.height());
        right -= size.width() + 8;
    }
}

SampleCard::SampleCard(const SampleTrace& sample, QWidget* parent)
    : Card(parent)
    , m_sample(sample)
{
    setObjectName(QStringLiteral("sampleCard"));
    setText(sample.title);
    setAccessibleName(tr("Open sample: %1").arg(sample.title));
    setToolTip(sample.subtitle);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize SampleCard::sizeHint() const { return { 292, pictureHeight + fonts::scaled(55) }; }

void SampleCard::setPicture(PictureSource source)
{
    m_source = std::move(source);
    m_picture = {};
    update();
}

void SampleCard::setSubtitle(const QString& subtitle)
{
    m_sample.subtitle = subtitle;
    setToolTip(subtitle);
    update();
}

void SampleCard::paintContent(QPainter& painter)
{
    const Theme& theme = Theme::current();
    const QRectF picture(1, 1, width() - 2, pictureHeight);
    const QSize wanted(width() - 2, pictureHeight);
    const QSize pixels = wanted * devicePixelRatioF();
    if (m_source && (m_picture.size() != pixels || m_pictureTheme != theme.id)) {
        m_picture = m_source(wanted, devicePixelRatioF());
        m_pictureTheme = theme.id;
    }
    painter.save();
    QPainterPath clip;
    clip.addRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), radius - 1, radius - 1);
    painter.setClipPath(clip);
    painter.fillRect(picture, theme.canvas);
    if (m_picture.isNull())
        painter.fillRect(picture, theme.freePage);
    else
        painter.drawImage(picture, m_picture);
    painter.fillRect(QRectF(1, picture.bottom(), width() - 2, 1), theme.line);
    painter.restore();
    const double lineHeight = fonts::scaled(18);
    const double top = picture.bottom() + 10;
    painting::elided(
        painter, QRectF(13, top, width() - 26, lineHeight), fonts::ui(13, QFont::Medium), theme.text, text());
    painting::elided(painter, QRectF(13, top + lineHeight, width() - 26, lineHeight), fonts::secondary(),
        theme.text2, m_sample.subtitle);
}

} // namespace heapatlas
