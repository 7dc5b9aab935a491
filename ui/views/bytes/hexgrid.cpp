// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/bytes/hexgrid.h"

#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"
#include "ui/views/bytes/bytesmenu.h"
#include "ui/views/bytes/bytestext.h"
#include "ui/views/bytes/bytetints.h"
#include "ui/widgets/accessiblecanvas.h"
#include "ui/widgets/hovertip.h"

#include <QAction>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QFontMetricsF>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cstdlib>

namespace heapatlas {

namespace {

constexpr double left = 16;
constexpr double columnGap = 14;
constexpr int groupBytes = 8;

QFont digits() { return fonts::mono(11); }

/// Faint on every ground: not known is not zero.
QColor faint(const Theme& theme) { return Theme::mix(theme.text3, theme.canvas, 0.55); }

} // namespace

class HexGrid::Fields final : public CanvasItems
{
public:
    explicit Fields(HexGrid* grid)
        : m_grid(grid)
    {
    }

    [[nodiscard]] int count() const override
    {
        const auto [first, last] = m_grid->visibleFields();
        return static_cast<int>(last - first);
    }
    [[nodiscard]] QString name(int item) const override
    {
        return bytestext::fieldLine(*m_grid->m_bytes, m_grid->m_whole, field(item));
    }
    [[nodiscard]] QRect rect(int item) const override
    {
        const ByteField& f = field(item);
        const Address begin = m_grid->m_bytes->range.begin + f.offset;
        return m_grid->byteRect(begin).united(m_grid->byteRect(begin + (f.size - 1)));
    }
    void press(int item) override { m_grid->choose(m_grid->m_bytes->range.begin + field(item).offset); }

private:
    [[nodiscard]] const ByteField& field(int item) const
    {
        return m_grid->m_bytes->fields[m_grid->visibleFields().first + static_cast<std::size_t>(item)];
    }

    HexGrid* m_grid;
};

HexGrid::HexGrid(QWidget* parent)
    : QWidget(parent)
    , m_fields(std::make_unique<Fields>(this))
    , m_accessible(new AccessibleCanvas(this, m_fields.get()))
    , m_tip(new HoverTip(this))
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
}

HexGrid::~HexGrid() = default;

void HexGrid::setBytes(HeapBytesPtr bytes, AddressRange whole)
{
    if (!(whole == m_whole)) {
        m_whole = whole;
        if (!whole.contains(m_current))
            m_current = {};
        m_highlight = {};
        m_firstRow = std::min(m_firstRow, lastFirstRow());
        m_tip->hide();
    }
    m_bytes = std::move(bytes);
    m_accessible->itemsChanged();
    update();
}

void HexGrid::setRowBytes(int count)
{
    if (m_rowBytes == count)
        return;
    m_rowBytes = count;
    m_firstRow = std::min(m_firstRow, lastFirstRow());
    updateGeometry();
    update();
}

void HexGrid::setTinted(bool isTinted)
{
    m_isTinted = isTinted;
    update();
}

void HexGrid::setHighlight(Address address)
{
    if (m_highlight == address)
        return;
    m_highlight = address;
    update();
}

void HexGrid::setCurrent(Address address)
{
    if (m_current == address)
        return;
    m_current = address;
    update();
}

std::uint64_t HexGrid::rowCount() const
{
    const auto row = static_cast<Bytes>(m_rowBytes);
    return m_whole.isEmpty() ? 0 : (m_whole.size() - 1) / row + 1;
}

int HexGrid::visibleRows() const { return std::max(1, height() / rowHeight()); }

std::uint64_t HexGrid::lastFirstRow() const
{
    const auto seen = static_cast<std::uint64_t>(visibleRows());
    return rowCount() > seen ? rowCount() - seen : 0;
}

AddressRange HexGrid::visibleRange() const
{
    const auto row = static_cast<Bytes>(m_rowBytes);
    const Bytes first = std::min(m_firstRow * row, m_whole.size());
    const Bytes end = std::min(first + (static_cast<Bytes>(visibleRows()) + 1) * row, m_whole.size());
    return { m_whole.begin + first, m_whole.begin + end };
}

void HexGrid::setFirstRow(std::uint64_t row)
{
    row = std::min(row, lastFirstRow());
    if (row == m_firstRow)
        return;
    m_firstRow = row;
    m_tip->hide();
    m_accessible->itemsChanged();
    update();
    Q_EMIT scrolled();
}

void HexGrid::reveal(Address address)
{
    if (!m_whole.contains(address))
        return;
    const std::uint64_t row = (address - m_whole.begin) / static_cast<Bytes>(m_rowBytes);
    const auto seen = static_cast<std::uint64_t>(visibleRows());
    if (row < m_firstRow)
        setFirstRow(row);
    else if (row >= m_firstRow + seen)
        setFirstRow(row - seen + 1);
}

int HexGrid::rowHeight() const { return fonts::scaled(19); }

HexGrid::Measures HexGrid::measures() const
{
    Measures m;
    m.charW = QFontMetricsF(digits()).horizontalAdvance(QLatin1Char('0'));
    m.pairW = 2 * m.charW + 0.6 * m.charW;
    m.groupGap = m.charW;
    m.offsetDigits = 3;
    for (Bytes rest = m_whole.isEmpty() ? 0 : (m_whole.size() - 1) >> 12; rest > 0; rest >>= 4)
        ++m.offsetDigits;
    m.offsetW = (m.offsetDigits + 1) * m.charW + columnGap;
    return m;
}

double HexGrid::hexX(const Measures& m, int byte)
{
    return left + m.offsetW + byte * m.pairW + byte / groupBytes * m.groupGap;
}

double HexGrid::textX(const Measures& m, int byte) const
{
    return hexX(m, m_rowBytes - 1) + m.pairW + columnGap + byte * m.charW;
}

int HexGrid::widthFor(int rowBytes) const
{
    const Measures m = measures();
    return static_cast<int>(hexX(m, rowBytes - 1) + m.pairW + columnGap + rowBytes * m.charW + columnGap);
}

QSize HexGrid::sizeHint() const
{
    const auto rows = static_cast<int>(std::min<std::uint64_t>(rowCount(), 7));
    return { widthFor(m_rowBytes), std::max(1, rows) * rowHeight() };
}

QRect HexGrid::byteRect(Address address) const
{
    if (!m_whole.contains(address))
        return {};
    const Bytes offset = address - m_whole.begin;
    const auto row = static_cast<std::int64_t>(offset / static_cast<Bytes>(m_rowBytes))
        - static_cast<std::int64_t>(m_firstRow);
    if (row < 0 || row > visibleRows())
        return {};
    const Measures m = measures();
    const double x = hexX(m, static_cast<int>(offset % static_cast<Bytes>(m_rowBytes)));
    return QRectF(x - 0.3 * m.charW, static_cast<double>(row) * rowHeight(), m.pairW, rowHeight())
        .toAlignedRect();
}

Address HexGrid::addressAt(QPoint point) const
{
    const Measures m = measures();
    const int row = point.y() / rowHeight();
    if (m_whole.isEmpty() || point.y() < 0 || row > visibleRows())
        return {};
    int byte = -1;
    for (int i = 0; i < m_rowBytes && byte < 0; ++i) {
        const double x = hexX(m, i) - 0.3 * m.charW;
        const bool isLastOfGroup = i % groupBytes == groupBytes - 1 && i + 1 < m_rowBytes;
        const double end = x + m.pairW + (isLastOfGroup ? m.groupGap : 0);
        if ((point.x() >= x && point.x() < end) || (point.x() >= textX(m, i) && point.x() < textX(m, i + 1)))
            byte = i;
    }
    if (byte < 0)
        return {};
    const Bytes offset =
        (m_firstRow + static_cast<Bytes>(row)) * static_cast<Bytes>(m_rowBytes) + static_cast<Bytes>(byte);
    return offset < m_whole.size() ? m_whole.begin + offset : Address {};
}

// --- painting ---------------------------------------------------------------------------------------------------

std::pair<std::size_t, std::size_t> HexGrid::visibleFields() const
{
    if (!m_bytes)
        return { 0, 0 };
    const AddressRange seen = visibleRange();
    std::size_t first = 0;
    const auto& fields = m_bytes->fields;
    const auto endOf = [this](const ByteField& f) { return m_bytes->range.begin + f.offset + f.size; };
    first =
        static_cast<std::size_t>(std::partition_point(fields.begin(), fields.end(), [&](const ByteField& f) {
            return endOf(f) <= seen.begin;
        }) - fields.begin());
    const auto last =
        static_cast<std::size_t>(std::partition_point(fields.begin(), fields.end(), [&](const ByteField& f) {
            return m_bytes->range.begin + f.offset < seen.end;
        }) - fields.begin());
    return { first, std::max(first, last) };
}

void HexGrid::paintTints(QPainter& painter, const Measures& m)
{
    const Theme& theme = Theme::current();
    const auto [first, last] = visibleFields();
    const AddressRange seen = visibleRange();
    const auto row = static_cast<Bytes>(m_rowBytes);
    for (std::size_t i = first; i < last; ++i) {
        const ByteField& field = m_bytes->fields[i];
        if (!bytetints::hasTint(field.kind))
            continue;
        const QColor color = bytetints::tint(field.kind, theme, theme.canvas);
        Address at = std::max(m_bytes->range.begin + field.offset, seen.begin);
        const Address end = std::min(m_bytes->range.begin + field.offset + field.size, seen.end);
        while (at < end) {
            const Bytes offset = at - m_whole.begin;
            const Bytes part = std::min(row - offset % row, end - at);
            const auto column = static_cast<int>(offset % row);
            const double x = hexX(m, column) - 0.3 * m.charW;
            const double right = hexX(m, column + static_cast<int>(part) - 1) + 2.3 * m.charW;
            const double y = static_cast<double>(offset / row - m_firstRow) * rowHeight();
            painter.fillRect(QRectF(x, y + 0.5, right - x - 1, rowHeight() - 1), color);
            at = at + part;
        }
    }
}

void HexGrid::outline(
    QPainter& painter, const Measures& m, AddressRange range, const QColor& color, double width)
{
    const AddressRange seen = visibleRange();
    range.begin = std::max(range.begin, seen.begin);
    range.end = std::min(range.end, seen.end);
    const auto row = static_cast<Bytes>(m_rowBytes);
    painter.setPen(QPen(color, width));
    painter.setBrush(Qt::NoBrush);
    for (Address at = range.begin; at < range.end;) {
        const Bytes offset = at - m_whole.begin;
        const Bytes part = std::min(row - offset % row, range.end - at);
        const auto column = static_cast<int>(offset % row);
        const double x = hexX(m, column) - 0.3 * m.charW;
        const double right = hexX(m, column + static_cast<int>(part) - 1) + 2.3 * m.charW;
        const double y = static_cast<double>(offset / row - m_firstRow) * rowHeight();
        const double inset = width / 2;
        painter.drawRect(QRectF(x + inset, y + 0.5 + inset, right - x - 1 - width, rowHeight() - 1 - width));
        const double text = textX(m, column);
        painter.drawLine(QPointF(text, y + rowHeight() - 1),
            QPointF(textX(m, column + static_cast<int>(part)), y + rowHeight() - 1));
        at = at + part;
    }
}

void HexGrid::paintRow(QPainter& painter, const Measures& m, int row)
{
    const Theme& theme = Theme::current();
    const Bytes first = (m_firstRow + static_cast<Bytes>(row)) * static_cast<Bytes>(m_rowBytes);
    if (first >= m_whole.size())
        return;
    const double y = row * rowHeight();
    painter.setPen(theme.text3);
    painter.drawText(QRectF(left, y, m.offsetW, rowHeight()), Qt::AlignLeft | Qt::AlignVCenter,
        QStringLiteral("+%1").arg(first, m.offsetDigits, 16, QLatin1Char('0')));
    static constexpr char16_t hexDigits[] = u"0123456789abcdef";
    for (int i = 0; i < m_rowBytes && first + static_cast<Bytes>(i) < m_whole.size(); ++i) {
        const Address at = m_whole.begin + first + static_cast<Bytes>(i);
        const auto byte = m_bytes ? bytestext::byteAt(*m_bytes, at) : std::nullopt;
        const QRectF hexBox(hexX(m, i), y, m.pairW, rowHeight());
        const QRectF textBox(textX(m, i), y, m.charW, rowHeight());
        const bool isCurrent = at == m_current;
        if (isCurrent && hasFocus()) {
            painter.fillRect(hexBox.adjusted(-0.3 * m.charW, 1, -0.3 * m.charW - 1, -1), theme.accent);
            painter.fillRect(textBox.adjusted(0, 1, 0, -1), theme.accent);
        }
        const bool isInverse = isCurrent && hasFocus();
        if (!byte) {
            painter.setPen(isInverse ? theme.onAccent : faint(theme));
            painter.drawText(hexBox, Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("··"));
            continue;
        }
        const QChar pair[2] = { hexDigits[*byte >> 4], hexDigits[*byte & 15] };
        painter.setPen(isInverse ? theme.onAccent : *byte == 0 ? theme.text2 : theme.text);
        painter.drawText(hexBox, Qt::AlignLeft | Qt::AlignVCenter, QString(pair, 2));
        const bool isPrintable = *byte >= 0x20 && *byte < 0x7F;
        painter.setPen(isInverse ? theme.onAccent : isPrintable ? theme.text : faint(theme));
        painter.drawText(textBox, Qt::AlignLeft | Qt::AlignVCenter,
            isPrintable ? QString(QChar(static_cast<char16_t>(*byte))) : QStringLiteral("·"));
    }
}

void HexGrid::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setFont(digits());
    const Measures m = measures();
    if (m_isTinted && m_bytes)
        paintTints(painter, m);
    const bool hasHighlight = m_whole.contains(m_highlight) && m_bytes;
    if (hasHighlight)
        outline(painter, m, bytestext::fieldRange(*m_bytes, m_highlight), theme.text2, 1);
    for (int row = 0; row <= visibleRows(); ++row)
        paintRow(painter, m, row);
    if (m_whole.contains(m_current) && m_bytes)
        outline(painter, m, bytestext::fieldRange(*m_bytes, m_current), theme.text, hasFocus() ? 2 : 1);
}

// --- input ------------------------------------------------------------------------------------------------------

void HexGrid::resizeEvent(QResizeEvent*)
{
    m_firstRow = std::min(m_firstRow, lastFirstRow());
    m_accessible->itemsChanged();
    Q_EMIT scrolled();
}

bool HexGrid::event(QEvent* event)
{
    // The window has these keys, too, for the timeline; here they belong to the bytes.
    if (event->type() == QEvent::ShortcutOverride) {
        auto* const key = static_cast<QKeyEvent*>(event);
        if (key->matches(QKeySequence::Copy) || key->key() == Qt::Key_Home || key->key() == Qt::Key_End) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

void HexGrid::choose(Address address)
{
    if (!m_whole.contains(address))
        return;
    reveal(address);
    if (address == m_current)
        return;
    setCurrent(address);
    Q_EMIT currentChanged(address);
}

void HexGrid::follow()
{
    if (!m_bytes)
        return;
    const auto index = bytestext::fieldAt(*m_bytes, m_current);
    if (index && m_bytes->fields[*index].target)
        Q_EMIT pointerFollowed(*m_bytes->fields[*index].target);
}

void HexGrid::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    choose(addressAt(event->position().toPoint()));
}

void HexGrid::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && !addressAt(event->position().toPoint()).isNull())
        follow();
}

void HexGrid::mouseMoveEvent(QMouseEvent* event)
{
    const QPoint point = event->position().toPoint();
    const Address at = addressAt(point);
    if (at != m_highlight) {
        setHighlight(at);
        Q_EMIT hovered(at);
    }
    if (at.isNull() || !m_bytes) {
        m_tip->hide();
        return;
    }
    m_tip->showLines(bytestext::tooltipLines(*m_bytes, m_whole, at), point, byteRect(at));
}

void HexGrid::leaveEvent(QEvent*)
{
    m_tip->hide();
    setHighlight({});
    Q_EMIT hovered({});
}

void HexGrid::wheelEvent(QWheelEvent* event)
{
    const int rows = -event->angleDelta().y() / 40;
    if (lastFirstRow() == 0 || rows == 0) {
        event->ignore(); // whoever contains this may scroll
        return;
    }
    const auto by = static_cast<std::uint64_t>(std::abs(rows));
    setFirstRow(rows > 0 ? m_firstRow + by : m_firstRow - std::min(m_firstRow, by));
    event->accept();
}

void HexGrid::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy)) {
        const AddressRange range = copyRange();
        if (!range.isEmpty())
            QGuiApplication::clipboard()->setText(bytestext::asHex(*m_bytes, range));
        return;
    }
    const Bytes row = static_cast<Bytes>(m_rowBytes);
    const Address from = m_whole.contains(m_current) ? m_current : m_whole.begin;
    const auto back = [&](Bytes by) { return from - m_whole.begin >= by ? from - by : from; };
    const auto on = [&](Bytes by) { return m_whole.end - from > by ? from + by : from; };
    const Bytes offset = from - m_whole.begin;
    switch (event->key()) {
    case Qt::Key_Left:
        choose(back(1));
        break;
    case Qt::Key_Right:
        choose(m_current.isNull() ? from : on(1));
        break;
    case Qt::Key_Up:
        choose(back(row));
        break;
    case Qt::Key_Down:
        choose(m_current.isNull() ? from : on(row));
        break;
    case Qt::Key_PageUp:
        choose(back(std::min(offset / row, static_cast<Bytes>(visibleRows())) * row));
        break;
    case Qt::Key_PageDown:
        choose(on(std::min((m_whole.size() - 1 - offset) / row, static_cast<Bytes>(visibleRows())) * row));
        break;
    case Qt::Key_Home:
        choose(back(offset % row));
        break;
    case Qt::Key_End:
        choose(on(std::min(row - 1 - offset % row, m_whole.size() - 1 - offset)));
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        follow();
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

AddressRange HexGrid::copyRange() const
{
    if (!m_bytes)
        return {};
    if (!m_whole.contains(m_current))
        return { std::max(m_bytes->range.begin, m_whole.begin), std::min(m_bytes->range.end, m_whole.end) };
    return bytestext::fieldRange(*m_bytes, m_current);
}

void HexGrid::addCopyActions(QMenu* menu) { heapatlas::addCopyActions(menu, m_bytes, copyRange()); }

void HexGrid::contextMenuEvent(QContextMenuEvent* event)
{
    if (event->reason() != QContextMenuEvent::Keyboard)
        choose(addressAt(event->pos()));
    m_tip->hide();
    auto* const menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("bytesContextMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    addCopyActions(menu);
    const auto index = m_bytes ? bytestext::fieldAt(*m_bytes, m_current) : std::nullopt;
    QAction* const go = menu->addAction(tr("Follow the pointer"), this, &HexGrid::follow);
    go->setShortcut(Qt::Key_Return);
    go->setEnabled(index && m_bytes->fields[*index].target);
    menu->popup(event->globalPos());
}

} // namespace heapatlas
