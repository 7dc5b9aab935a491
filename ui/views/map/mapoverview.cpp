// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/mapoverview.h"

#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"
#include "ui/views/map/mappainter.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

namespace heapatlas {

namespace {

constexpr int margin = 12;
constexpr int boxWidth = MapOverview::columnWidth - 2 * margin;
constexpr int thumbnailHeight = 90; ///< 16 rows, as high over wide as pages at Chunk level
constexpr int leastThumbnailHeight = 48; ///< three pixels a row
constexpr int hugeHeight = 50;
constexpr int rowGap = 10;
constexpr int listTop = 5;
constexpr QSize compactBox(32, 16);
constexpr int compactHeight = 24;
constexpr int barZone = 10; ///< where the scroll bar can be taken
constexpr qsizetype mostThumbnails = 512;
constexpr std::size_t mostTall = 16; ///< chunks that are shown as pictures even if they have to scroll

int captionHeight() { return fonts::scaled(21); }
int totalLine() { return fonts::scaled(20); }

} // namespace

MapOverview::MapOverview(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("mapOverview"));
    setAccessibleName(tr("Chunks"));
    setFixedWidth(columnWidth);
    setFocusPolicy(Qt::TabFocus);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, [this] {
        m_thumbnails.clear();
        update();
    });
}

void MapOverview::setSnapshot(SnapshotPtr snapshot)
{
    m_snapshot = std::move(snapshot);
    m_pyramid.setSnapshot(m_snapshot);
    arrange();
    update();
}

void MapOverview::setCurrent(std::optional<std::uint32_t> chunkRow)
{
    if (m_current == chunkRow)
        return;
    m_current = chunkRow;
    if (chunkRow)
        reveal(*chunkRow);
    update();
}

int MapOverview::boxHeight(const Row& row) const
{
    return m_isCompact ? compactBox.height() : row.isHuge ? hugeHeight : m_thumbnailHeight;
}
int MapOverview::rowHeight(const Row& row) const
{
    return m_isCompact ? std::max(compactHeight, fonts::scaled(compactHeight))
                       : captionHeight() + boxHeight(row) + rowGap;
}
int MapOverview::totalsHeight() const { return 4 * totalLine() + 26; }
int MapOverview::listHeight() const { return std::max(0, height() - totalsHeight()); }

void MapOverview::arrange()
{
    m_rows.clear();
    if (m_snapshot != nullptr) {
        const auto chunks = m_snapshot->chunks();
        m_rows.reserve(chunks.size());
        for (std::size_t i = 0; i < chunks.size(); ++i)
            m_rows.push_back(
                { 0, chunks[i].pageCount == 0, i > 0 && chunks[i - 1].range.end < chunks[i].range.begin });
    }
    // A few chunks too many for the column become lower rather than hidden, many of them a line each.
    const auto huge = std::count_if(m_rows.begin(), m_rows.end(), [](const Row& row) { return row.isHuge; });
    const auto chunks = static_cast<int>(m_rows.size()) - static_cast<int>(huge);
    const std::int64_t room =
        listHeight() - listTop - std::int64_t { huge } * (captionHeight() + hugeHeight + rowGap);
    const std::int64_t fitting = chunks == 0 ? thumbnailHeight : room / chunks - captionHeight() - rowGap;
    const auto height =
        static_cast<int>(std::clamp<std::int64_t>(fitting, leastThumbnailHeight, thumbnailHeight));
    const bool isCompact = fitting < leastThumbnailHeight && m_rows.size() > mostTall;
    if (height != m_thumbnailHeight || isCompact != m_isCompact) {
        m_thumbnailHeight = height;
        m_isCompact = isCompact;
        m_thumbnails.clear();
    }
    int y = listTop;
    for (Row& row : m_rows) {
        row.top = y;
        y += rowHeight(row);
    }
    m_contentHeight = y;
    setScroll(m_scroll);
}

void MapOverview::setScroll(int scroll)
{
    m_scroll = std::clamp(scroll, 0, std::max(0, m_contentHeight - listHeight()));
    update();
}

QRect MapOverview::boxOf(std::uint32_t chunkRow) const
{
    if (chunkRow >= m_rows.size())
        return {};
    const Row& row = m_rows[chunkRow];
    const int top = row.top - m_scroll;
    if (m_isCompact)
        return { { margin, top + (rowHeight(row) - compactBox.height()) / 2 }, compactBox };
    return { margin, top + captionHeight(), boxWidth, boxHeight(row) };
}

std::optional<std::uint32_t> MapOverview::rowAt(int y) const
{
    const auto after = std::upper_bound(
        m_rows.begin(), m_rows.end(), y + m_scroll, [](int at, const Row& row) { return at < row.top; });
    if (after == m_rows.begin())
        return std::nullopt;
    return static_cast<std::uint32_t>(after - m_rows.begin() - 1);
}

QRect MapOverview::handleRect() const
{
    const int list = listHeight();
    if (m_contentHeight <= list || list <= 0)
        return {};
    const int bar =
        std::min(list, std::max(24, static_cast<int>(std::int64_t { list } * list / m_contentHeight)));
    const auto at =
        static_cast<int>(std::int64_t { list - bar } * m_scroll / std::max(1, m_contentHeight - list));
    return { width() - 5, at, 3, bar };
}

void MapOverview::dragHandle(int y)
{
    const QRect handle = handleRect();
    const int way = listHeight() - handle.height();
    if (way > 0)
        setScroll(static_cast<int>(
            std::int64_t { y - m_dragAt.value_or(0) } * (m_contentHeight - listHeight()) / way));
}

void MapOverview::reveal(std::uint32_t chunkRow)
{
    if (chunkRow >= m_rows.size())
        return;
    const Row& row = m_rows[chunkRow];
    const int bottom = row.top + rowHeight(row);
    if (row.top - listTop < m_scroll)
        setScroll(row.top - listTop);
    else if (bottom > m_scroll + listHeight())
        setScroll(bottom - listHeight());
}

void MapOverview::paintThumbnail(QPainter& painter, std::uint32_t chunkRow, const QRect& box)
{
    const Theme& theme = Theme::current();
    const ChunkRow& chunk = m_snapshot->chunks()[chunkRow];
    if (chunk.pageCount == 0) {
        painter.fillRect(box, theme.hugeBlock);
        return;
    }
    if (m_thumbnails.size() > mostThumbnails)
        m_thumbnails.clear();
    Thumbnail& kept = m_thumbnails[chunk.range.begin.value];
    const std::uint64_t version = m_pyramid.cells(chunkRow, 0).version;
    if (kept.version != version || std::abs(kept.image.devicePixelRatio() - devicePixelRatioF()) > 0.001) {
        kept.image = MapPainter::thumbnail(m_pyramid, chunkRow, theme, box.size(), devicePixelRatioF());
        kept.version = version;
    }
    painter.drawImage(box.topLeft(), kept.image);
}

void MapOverview::paintRow(QPainter& painter, std::uint32_t chunkRow)
{
    const Theme& theme = Theme::current();
    const Row& row = m_rows[chunkRow];
    const ChunkRow& chunk = m_snapshot->chunks()[chunkRow];
    const QRect box = boxOf(chunkRow);
    const int top = row.top - m_scroll;
    const bool isCurrent = m_current == chunkRow;
    QRectF caption(margin, top, boxWidth, captionHeight() - 3);
    if (m_isCompact) {
        caption = QRectF(box.right() + 7, top, margin + boxWidth - box.right() - 7, rowHeight(row));
        if (isCurrent)
            painter.fillRect(QRect(0, top, width() - 1, rowHeight(row)), theme.selectTint);
    }
    const QString used = tr("%1 %").arg(qRound(usedShare(chunk) * 100));
    const QString right = row.isHuge ? wording::size(chunk.range.size())
        : chunk.isCached             ? tr("cached")
        : m_isCompact                ? used
                                     : tr("%1 used").arg(used);
    const QString name = !m_isCompact ? chunkName(chunk)
        : row.isHuge                  ? tr("Huge")
                                      : QString::number(chunk.ordinal);
    // Where both do not fit, the number is worth more than the word before it.
    const QFontMetricsF metrics(fonts::ui(11, QFont::Medium));
    const double room = caption.width() - QFontMetricsF(fonts::ui(11)).horizontalAdvance(right) - 4;
    painter.setFont(fonts::ui(11, QFont::Medium));
    painter.setPen(theme.text);
    // A huge block has no number; its colour and its size say what it is.
    const QString least = row.isHuge ? QString() : QString::number(chunk.ordinal);
    painter.drawText(
        caption, Qt::AlignVCenter | Qt::AlignLeft, metrics.horizontalAdvance(name) <= room ? name : least);
    painter.setFont(fonts::ui(11));
    painter.setPen(theme.text2);
    painter.drawText(caption, Qt::AlignVCenter | Qt::AlignRight, right);

    if (row.hasBreak) {
        // As on the canvas: the address space before it is not used.
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme.text3, 1.25));
        const double y = top - (m_isCompact ? 0.0 : rowGap / 2.0 - 1);
        const double x = m_isCompact ? box.left() - 6 : box.center().x();
        for (const double step : { -2.0, 2.0 })
            painter.drawLine(QPointF(x + step - 1.5, y + 3), QPointF(x + step + 1.5, y - 3));
        painter.setRenderHint(QPainter::Antialiasing, false);
    }
    paintThumbnail(painter, chunkRow, box);
    if (row.isHuge && !m_isCompact) {
        painter.setPen(Theme::labelOn(theme.hugeBlock));
        const Bytes pages = (chunk.range.size() + m_snapshot->pageBytes() - 1) / m_snapshot->pageBytes();
        painter.setFont(fonts::ui(11, QFont::Medium));
        painter.drawText(box.adjusted(6, 6, -6, -6), Qt::AlignTop | Qt::AlignLeft,
            metrics.elidedText(tr("%1 pages").arg(wording::count(pages)), Qt::ElideRight, box.width() - 12));
    }
    if (isCurrent) {
        painter.setBrush(Qt::NoBrush);
        QPen pen(hasFocus() ? theme.accent : theme.text, 2);
        pen.setJoinStyle(Qt::MiterJoin);
        painter.setPen(pen);
        const double out = m_isCompact ? 2 : 3;
        painter.drawRect(QRectF(box).adjusted(-out, -out, out, out));
    }
}

void MapOverview::paintTotals(QPainter& painter, int top) const
{
    const Theme& theme = Theme::current();
    painter.fillRect(QRect(margin, top, boxWidth, 1), theme.line);
    const HeapTotals& totals = m_snapshot->totals();
    const Bytes slack = totals.live > totals.requested ? totals.live - totals.requested : 0;
    // A number that would meet its name is told as a size.
    const QFontMetricsF metrics(fonts::ui(11, QFont::Medium));
    const double room = boxWidth - QFontMetricsF(fonts::ui(11)).horizontalAdvance(tr("Free pages")) - 6;
    QString free = wording::count(totals.freePages);
    if (metrics.horizontalAdvance(free) > room)
        free = wording::size(totals.freePages * m_snapshot->pageBytes());
    const std::array<std::pair<QString, QString>, 4> lines { {
        { tr("Free pages"), free },
        { tr("Largest hole"), tr("%1 pg").arg(wording::count(totals.largestHole / m_snapshot->pageBytes())) },
        { tr("Free slots"), wording::size(totals.freeSlotBytes) },
        { tr("Slack"), wording::size(slack) },
    } };
    QRect line(margin, top + 8, boxWidth, totalLine());
    for (const auto& [name, value] : lines) {
        painter.setFont(fonts::ui(11));
        painter.setPen(theme.text2);
        painter.drawText(line, Qt::AlignVCenter | Qt::AlignLeft, name);
        painter.setFont(fonts::ui(11, QFont::Medium));
        painter.setPen(theme.text);
        painter.drawText(line, Qt::AlignVCenter | Qt::AlignRight, value);
        line.translate(0, totalLine());
    }
}

void MapOverview::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), theme.panel);
    painter.fillRect(QRect(width() - 1, 0, 1, height()), theme.line);
    if (m_snapshot == nullptr)
        return;
    const int list = std::min(m_contentHeight, listHeight());
    painter.save();
    painter.setClipRect(QRect(0, 0, width() - 1, list));
    for (std::uint32_t i = rowAt(0).value_or(0); i < m_rows.size() && m_rows[i].top - m_scroll - 6 < list;
         ++i)
        paintRow(painter, i);
    painter.restore();
    // The hint that there is more, and the way there.
    if (const QRect handle = handleRect(); !handle.isEmpty())
        painter.fillRect(handle, m_dragAt ? theme.text3 : theme.lineStrong);
    paintTotals(painter, list + 4);
}

void MapOverview::resizeEvent(QResizeEvent*) { arrange(); }

void MapOverview::wheelEvent(QWheelEvent* event)
{
    const int delta = event->pixelDelta().isNull() ? event->angleDelta().y() / 2 : event->pixelDelta().y();
    setScroll(m_scroll - delta);
    event->accept();
}

void MapOverview::choose(std::uint32_t chunkRow)
{
    setCurrent(chunkRow);
    Q_EMIT chunkChosen(chunkRow);
}

void MapOverview::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || event->pos().y() >= std::min(m_contentHeight, listHeight()))
        return;
    const QRect handle = handleRect();
    if (!handle.isEmpty() && event->pos().x() >= width() - barZone) {
        const bool isOnIt = event->pos().y() >= handle.top() && event->pos().y() <= handle.bottom();
        m_dragAt = isOnIt ? event->pos().y() - handle.top() : handle.height() / 2;
        dragHandle(event->pos().y());
        return;
    }
    if (const std::optional<std::uint32_t> row = rowAt(event->pos().y()))
        choose(*row);
}

void MapOverview::mouseMoveEvent(QMouseEvent* event)
{
    if (m_dragAt)
        dragHandle(event->pos().y());
}

void MapOverview::mouseReleaseEvent(QMouseEvent*)
{
    m_dragAt.reset();
    update();
}

void MapOverview::keyPressEvent(QKeyEvent* event)
{
    if (m_rows.empty()) {
        QWidget::keyPressEvent(event);
        return;
    }
    const auto last = static_cast<std::int64_t>(m_rows.size()) - 1;
    const std::int64_t page = std::max(1, listHeight() / std::max(1, rowHeight(m_rows.front())));
    const std::int64_t at = m_current ? std::int64_t { *m_current } : -1;
    std::int64_t next = 0;
    switch (event->key()) {
    case Qt::Key_Up:
        next = at - 1;
        break;
    case Qt::Key_Down:
        next = at + 1;
        break;
    case Qt::Key_PageUp:
        next = at - page;
        break;
    case Qt::Key_PageDown:
        next = at + page;
        break;
    case Qt::Key_Home:
        break;
    case Qt::Key_End:
        next = last;
        break;
    default:
        QWidget::keyPressEvent(event);
        return;
    }
    choose(static_cast<std::uint32_t>(std::clamp<std::int64_t>(next, 0, last)));
}

} // namespace heapatlas
