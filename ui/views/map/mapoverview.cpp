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
    m_thumbnails.clear();
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

int MapOverview::boxHeight(const Row& row) const { return row.isHuge ? hugeHeight : m_thumbnailHeight; }
int MapOverview::totalsHeight() const { return 4 * totalLine() + 26; }
int MapOverview::listHeight() const { return std::max(0, height() - totalsHeight()); }

void MapOverview::arrange()
{
    m_rows.clear();
    if (m_snapshot != nullptr) {
        const auto chunks = m_snapshot->chunks();
        for (std::uint32_t i = 0; i < chunks.size(); ++i)
            m_rows.push_back({ i, 0, chunks[i].pageCount == 0 });
        // The engine's order, which names chunks; huge blocks after them. As on the canvas.
        std::stable_sort(m_rows.begin(), m_rows.end(), [&chunks](const Row& a, const Row& b) {
            if (a.isHuge != b.isHuge)
                return b.isHuge;
            return !a.isHuge && chunks[a.chunkRow].ordinal < chunks[b.chunkRow].ordinal;
        });
    }
    // A few chunks too many for the column become lower rather than hidden.
    const auto huge = std::count_if(m_rows.begin(), m_rows.end(), [](const Row& row) { return row.isHuge; });
    const int chunks = static_cast<int>(m_rows.size()) - static_cast<int>(huge);
    const int room =
        listHeight() - listTop - static_cast<int>(huge) * (captionHeight() + hugeHeight + rowGap);
    const int fitting = chunks == 0 ? thumbnailHeight : room / chunks - captionHeight() - rowGap;
    const int height = std::clamp(fitting, leastThumbnailHeight, thumbnailHeight);
    if (height != m_thumbnailHeight) {
        m_thumbnailHeight = height;
        m_thumbnails.clear();
    }
    int y = listTop;
    for (Row& row : m_rows) {
        row.top = y;
        y += captionHeight() + boxHeight(row) + rowGap;
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
    for (const Row& row : m_rows)
        if (row.chunkRow == chunkRow)
            return { margin, row.top - m_scroll + captionHeight(), boxWidth, boxHeight(row) };
    return {};
}

void MapOverview::reveal(std::uint32_t chunkRow)
{
    const QRect box = boxOf(chunkRow);
    if (box.isEmpty())
        return;
    if (box.top() - captionHeight() < 0)
        setScroll(m_scroll + box.top() - captionHeight() - listTop);
    else if (box.bottom() + rowGap > listHeight())
        setScroll(m_scroll + box.bottom() + rowGap - listHeight());
}

void MapOverview::paintRow(QPainter& painter, const Row& row)
{
    const Theme& theme = Theme::current();
    const ChunkRow& chunk = m_snapshot->chunks()[row.chunkRow];
    const QRectF caption(margin, row.top - m_scroll, boxWidth, captionHeight() - 3);
    painter.setFont(fonts::ui(11, QFont::Medium));
    painter.setPen(theme.text);
    painter.drawText(caption, Qt::AlignVCenter | Qt::AlignLeft, chunkName(chunk));
    painter.setFont(fonts::ui(11));
    painter.setPen(theme.text2);
    const QString right = row.isHuge ? wording::size(chunk.range.size())
        : chunk.isCached             ? tr("cached")
                                     : tr("%1 % used").arg(qRound(usedShare(chunk) * 100));
    painter.drawText(caption, Qt::AlignVCenter | Qt::AlignRight, right);

    const QRect box = boxOf(row.chunkRow);
    if (row.isHuge) {
        painter.fillRect(box, theme.hugeBlock);
        painter.setPen(Theme::labelOn(theme.hugeBlock));
        const Bytes pages = (chunk.range.size() + m_snapshot->pageBytes() - 1) / m_snapshot->pageBytes();
        painter.setFont(fonts::ui(11, QFont::Medium));
        painter.drawText(box.adjusted(6, 6, -6, -6), Qt::AlignTop | Qt::AlignLeft,
            tr("%1 pages").arg(wording::count(pages)));
    } else {
        QImage& image = m_thumbnails[row.chunkRow];
        if (image.isNull() || std::abs(image.devicePixelRatio() - devicePixelRatioF()) > 0.001)
            image = MapPainter::thumbnail(*m_snapshot, chunk, theme, box.size(), devicePixelRatioF());
        painter.drawImage(box.topLeft(), image);
    }
    if (m_current == row.chunkRow) {
        painter.setBrush(Qt::NoBrush);
        QPen pen(hasFocus() ? theme.accent : theme.text, 2);
        pen.setJoinStyle(Qt::MiterJoin);
        painter.setPen(pen);
        painter.drawRect(QRectF(box).adjusted(-3, -3, 3, 3));
    }
}

void MapOverview::paintTotals(QPainter& painter, int top) const
{
    const Theme& theme = Theme::current();
    painter.fillRect(QRect(margin, top, boxWidth, 1), theme.line);
    const HeapTotals& totals = m_snapshot->totals();
    const Bytes slack = totals.live > totals.requested ? totals.live - totals.requested : 0;
    const std::array<std::pair<QString, QString>, 4> lines { {
        { tr("Free pages"), wording::count(totals.freePages) },
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
    for (const Row& row : m_rows) {
        const int top = row.top - m_scroll;
        if (top + captionHeight() + boxHeight(row) + 4 > 0 && top < list)
            paintRow(painter, row);
    }
    painter.restore();
    if (m_contentHeight > listHeight() && list > 0) {
        // The only hint that there is more: a bar at the edge.
        const int bar = std::max(24, list * list / m_contentHeight);
        const int at = (list - bar) * m_scroll / std::max(1, m_contentHeight - list);
        painter.fillRect(QRect(width() - 5, at, 3, bar), theme.lineStrong);
    }
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
    for (const Row& row : m_rows)
        if (boxOf(row.chunkRow).adjusted(-4, -captionHeight(), 4, 4).contains(event->pos()))
            choose(row.chunkRow);
}

void MapOverview::keyPressEvent(QKeyEvent* event)
{
    const bool isUp = event->key() == Qt::Key_Up;
    if ((!isUp && event->key() != Qt::Key_Down) || m_rows.empty()) {
        QWidget::keyPressEvent(event);
        return;
    }
    std::size_t at = 0;
    for (std::size_t i = 0; i < m_rows.size(); ++i)
        if (m_current == m_rows[i].chunkRow)
            at = isUp ? (i == 0 ? 0 : i - 1) : std::min(i + 1, m_rows.size() - 1);
    choose(m_rows[at].chunkRow);
}

} // namespace heapatlas
