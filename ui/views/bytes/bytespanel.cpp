// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/bytes/bytespanel.h"

#include "session/document.h"
#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"
#include "ui/views/bytes/bytesheader.h"
#include "ui/views/bytes/bytestext.h"
#include "ui/views/bytes/bytetints.h"
#include "ui/views/bytes/decodedmodel.h"
#include "ui/views/bytes/hexgrid.h"
#include "ui/widgets/segmentedswitch.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QScrollBar>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace heapatlas {

namespace {

constexpr int leastTable = 200;
/// Fields of everything up to this are listed at once; of more, those around what is seen.
constexpr Bytes wholeUpTo = Bytes { 16 } << 10;
constexpr Bytes around = 4096;

QString noContents()
{
    return BytesPanel::tr("This trace has no byte contents. Record with contents on to see them.");
}

void setInk(QWidget* widget, const QColor& color)
{
    QPalette palette = widget->palette();
    palette.setColor(QPalette::WindowText, color);
    widget->setPalette(palette);
}

} // namespace

BytesPanel::BytesPanel(QWidget* parent)
    : QWidget(parent)
    , m_header(new BytesHeader(this))
    , m_pages(new QStackedWidget(this))
    , m_grid(new HexGrid)
    , m_scrollBar(new QScrollBar(Qt::Vertical))
    , m_table(new QTableView)
    , m_model(new DecodedModel(this))
    , m_note(new QWidget)
    , m_noteText(new QLabel(noContents()))
    , m_noteButton(new QPushButton(tr("Record…")))
    , m_message(new QLabel)
    , m_messageButton(new QPushButton(tr("Record with contents…")))
{
    setObjectName(QStringLiteral("bytesPanel"));
    setAccessibleName(tr("Bytes"));
    setMinimumHeight(fonts::scaled(3 * 19));
    setFocusProxy(m_grid);
    m_grid->setObjectName(QStringLiteral("bytesGrid"));
    m_grid->setAccessibleName(tr("Bytes of the selection"));
    m_scrollBar->setObjectName(QStringLiteral("bytesScroll"));
    m_scrollBar->setAccessibleName(tr("Place in the selection"));
    m_table->setObjectName(QStringLiteral("bytesTable"));
    m_table->setAccessibleName(tr("Decoded fields"));
    m_table->setModel(m_model);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->setMouseTracking(true);
    m_table->setTabKeyNavigation(false);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->hide();
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_noteText->setObjectName(QStringLiteral("bytesNote"));
    m_noteButton->setObjectName(QStringLiteral("bytesNoteRecord"));
    m_noteButton->setAccessibleName(tr("Record with contents"));
    m_message->setObjectName(QStringLiteral("bytesMessage"));
    m_message->setAlignment(Qt::AlignCenter);
    m_message->setWordWrap(true);
    m_messageButton->setObjectName(QStringLiteral("bytesRecord"));
    m_messageButton->setAccessibleName(tr("Record with contents"));

    auto* note = new QHBoxLayout(m_note);
    note->setContentsMargins(16, 0, 16, 2);
    note->addWidget(m_noteText);
    note->addStretch(1);
    note->addWidget(m_noteButton);
    auto* hex = new QHBoxLayout;
    hex->setSpacing(0);
    hex->addWidget(m_grid, 1);
    hex->addWidget(m_scrollBar);
    hex->addWidget(m_table, 1);
    auto* bytesPage = new QWidget;
    auto* bytesColumn = new QVBoxLayout(bytesPage);
    bytesColumn->setContentsMargins(0, 0, 0, 0);
    bytesColumn->setSpacing(0);
    bytesColumn->addWidget(m_note);
    bytesColumn->addLayout(hex, 1);
    auto* messagePage = new QWidget;
    auto* messageColumn = new QVBoxLayout(messagePage);
    messageColumn->setContentsMargins(16, 0, 16, 12);
    messageColumn->setSpacing(8);
    messageColumn->addStretch(1);
    messageColumn->addWidget(m_message);
    messageColumn->addWidget(m_messageButton, 0, Qt::AlignHCenter);
    messageColumn->addStretch(1);
    m_pages->addWidget(bytesPage);
    m_pages->addWidget(messagePage);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_header);
    all->addWidget(m_pages, 1);

    connect(m_header->modes(), &SegmentedSwitch::chosen, this, [this](int mode) { setDecoded(mode == 0); });
    connect(m_header->closeButton(), &QToolButton::clicked, this, &BytesPanel::closeRequested);
    connect(m_noteButton, &QPushButton::clicked, this, &BytesPanel::recordRequested);
    connect(m_messageButton, &QPushButton::clicked, this, &BytesPanel::recordRequested);
    connect(m_grid, &HexGrid::pointerFollowed, this, &BytesPanel::addressRequested);
    connect(m_grid, &HexGrid::scrolled, this, [this] {
        updateScrollBar();
        askForBytes();
    });
    connect(m_scrollBar, &QScrollBar::valueChanged, this,
        [this](int value) { m_grid->setFirstRow(static_cast<std::uint64_t>(value) << m_scrollShift); });
    connect(m_grid, &HexGrid::hovered, this, [this](Address at) {
        const int row = at.isNull() ? -1 : m_model->rowOf(at);
        if (row >= 0) {
            m_table->selectRow(row);
            m_table->scrollTo(m_model->index(row, 0));
        } else {
            m_table->clearSelection();
        }
    });
    connect(m_grid, &HexGrid::currentChanged, this, [this](Address at) {
        if (m_document && m_grid->bytes())
            m_document->setByteRange(bytestext::fieldRange(*m_grid->bytes(), at));
    });
    connect(m_table, &QTableView::entered, this,
        [this](const QModelIndex& index) { m_grid->setHighlight(m_model->addressOf(index.row())); });
    const auto choose = [this](const QModelIndex& index) {
        if (!index.isValid())
            return;
        m_grid->setCurrent(m_model->addressOf(index.row()));
        m_grid->reveal(m_model->addressOf(index.row()));
        if (m_document)
            m_document->setByteRange(
                bytestext::fieldRange(*m_grid->bytes(), m_model->addressOf(index.row())));
    };
    connect(m_table, &QTableView::clicked, this, choose);
    connect(m_table, &QTableView::activated, this, [this, choose](const QModelIndex& index) {
        choose(index);
        if (m_model->fieldOf(index.row()).target)
            Q_EMIT addressRequested(*m_model->fieldOf(index.row()).target);
    });
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, &BytesPanel::dress);
    dress();
    showMessage(tr("Select a block, a slot or a page to see its bytes."), false);
}

void BytesPanel::dress()
{
    const Theme& theme = Theme::current();
    for (QLabel* label : { m_noteText, m_message }) {
        label->setFont(fonts::secondary());
        setInk(label, theme.text2);
    }
    m_noteButton->setFont(fonts::secondary());
    m_table->verticalHeader()->setMinimumSectionSize(1);
    m_table->verticalHeader()->setDefaultSectionSize(m_grid->rowHeight());
    m_table->viewport()->update();
    update();
}

void BytesPanel::setDocument(Document* document)
{
    if (m_document == document)
        return;
    if (m_document) {
        m_document->setBytesWindow(BytesUse::Panel, {});
        m_document->disconnect(this);
    }
    m_document = document;
    m_whole = {};
    if (document != nullptr) {
        connect(document, &Document::selectionChanged, this, &BytesPanel::refresh);
        connect(document, &Document::snapshotChanged, this, &BytesPanel::refresh);
        connect(document, &Document::bytesChanged, this, &BytesPanel::takeBytes);
        connect(document, &Document::byteRangeChanged, this, [this] {
            const AddressRange range = m_document->byteRange();
            if (!range.contains(m_grid->current())) {
                m_grid->setCurrent(range.isEmpty() ? Address {} : range.begin);
                m_grid->reveal(range.begin);
            }
        });
    }
    refresh();
}

void BytesPanel::refresh()
{
    const Selection selection = m_document ? m_document->selection() : Selection {};
    if (!isVisible())
        return; // comes again when shown
    if (selection.what == Selection::What::Nothing) {
        m_whole = {};
        m_grid->setBytes(nullptr, {});
        m_model->setBytes(nullptr, {});
        if (m_document)
            m_document->setBytesWindow(BytesUse::Panel, {});
        showMessage(tr("Select a block, a slot or a page to see its bytes."), false);
        return;
    }
    if (!(selection.range == m_whole)) {
        m_whole = selection.range;
        m_grid->setBytes(nullptr, m_whole);
        m_model->setBytes(nullptr, m_whole);
        m_grid->setFirstRow(0);
        updateScrollBar();
    }
    askForBytes();
    takeBytes();
}

void BytesPanel::askForBytes()
{
    if (!m_document || !isVisible() || m_whole.isEmpty())
        return;
    AddressRange window = m_whole;
    if (m_whole.size() > wholeUpTo) {
        const AddressRange seen = m_grid->visibleRange();
        const Bytes before = std::min(around, seen.begin - m_whole.begin);
        window.begin = (seen.begin - before).alignedDown(64);
        window.begin = std::max(window.begin, m_whole.begin);
        window.end = seen.end + std::min(around, m_whole.end - seen.end);
    }
    m_document->setBytesWindow(BytesUse::Panel, window);
}

void BytesPanel::takeBytes()
{
    if (!isVisible() || !m_document || m_whole.isEmpty())
        return;
    const HeapBytesPtr bytes = m_document->bytes(BytesUse::Panel);
    const SnapshotPtr snapshot = m_document->snapshot();
    if (!bytes || !snapshot || !bytes->range.overlaps(m_whole) || bytes->range.begin < m_whole.begin)
        return; // of the selection before
    const Selection selection = m_document->selection();
    m_grid->setBytes(bytes, m_whole);
    m_model->setBytes(bytes, m_whole);
    m_header->setKinds(m_isDecoded ? bytetints::kindsOf(*bytes) : std::vector<FieldKind> {});
    QStringList subject { bytestext::kindOf(*bytes, selection, *snapshot) };
    const auto details = m_document->details();
    if (selection.what == Selection::What::Block && details)
        subject += tr("%1 of %2 bytes")
                       .arg(wording::count(details->block.requested), wording::count(details->block.size));
    else
        subject += tr("%1 bytes").arg(wording::count(m_whole.size()));
    if (const QString age = bytestext::ageOf(*bytes); !age.isEmpty())
        subject += age;
    m_header->setSubject(subject.join(QStringLiteral(", ")));

    const bool isKnown = bytestext::hasKnown(*bytes, m_whole);
    const RegionRow* const region = snapshot->regionAt(m_whole.begin);
    const bool isHeader =
        region != nullptr && region->kind == RegionKind::Header && selection.what != Selection::What::Chunk;
    if (!isKnown && !bytes->hasContents) {
        showMessage(noContents(), true);
        return;
    }
    if (!isKnown) {
        showMessage(tr("Nothing was recorded of these bytes up to this event."), false);
        return;
    }
    m_note->setVisible(!bytes->hasContents && !isHeader);
    m_pages->setCurrentIndex(0);
    updateScrollBar();
    arrange();
}

void BytesPanel::showMessage(const QString& text, bool offersRecording)
{
    m_message->setText(text);
    m_messageButton->setVisible(offersRecording);
    m_pages->setCurrentIndex(1);
    if (m_whole.isEmpty()) {
        m_header->setSubject({});
        m_header->setKinds({});
    }
}

QWidget* BytesPanel::header() const { return m_header; }

QString BytesPanel::message() const { return m_pages->currentIndex() == 1 ? m_message->text() : QString(); }

void BytesPanel::setDecoded(bool isDecoded)
{
    m_header->modes()->setCurrent(isDecoded ? 0 : 1);
    if (m_isDecoded == isDecoded)
        return;
    m_isDecoded = isDecoded;
    m_grid->setTinted(isDecoded);
    arrange();
    takeBytes();
    Q_EMIT decodedChanged(isDecoded);
}

void BytesPanel::updateScrollBar()
{
    const std::uint64_t last = m_grid->lastFirstRow();
    m_scrollShift = 0;
    while ((last >> m_scrollShift) > (1U << 30))
        ++m_scrollShift;
    const QSignalBlocker blocker(m_scrollBar);
    m_scrollBar->setRange(0, static_cast<int>(last >> m_scrollShift));
    m_scrollBar->setPageStep(std::max(1, m_grid->visibleRows() - 1));
    m_scrollBar->setValue(static_cast<int>(m_grid->firstRow() >> m_scrollShift));
    m_scrollBar->setVisible(last > 0);
}

void BytesPanel::arrange()
{
    // As the window is wide; a panel that is narrower than its window (floating, a wide dock) shows half.
    const int room = width() - m_scrollBar->sizeHint().width();
    const bool isWide = window()->width() >= wideFrom && room >= m_grid->widthFor(32);
    m_grid->setRowBytes(isWide ? 32 : 16);
    const int rest = room - m_grid->widthFor(m_grid->rowBytes());
    m_table->setVisible(m_isDecoded && rest >= leastTable);
    m_grid->setMaximumWidth(m_table->isHidden() ? QWIDGETSIZE_MAX : m_grid->widthFor(m_grid->rowBytes()));
    m_table->setColumnWidth(DecodedModel::Offset, fonts::scaled(56));
    m_table->setColumnWidth(
        DecodedModel::Name, std::clamp(rest / 2 - 30, fonts::scaled(90), fonts::scaled(220)));
}

void BytesPanel::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    arrange();
    updateScrollBar();
}

void BytesPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    dress();
    arrange();
    refresh();
}

void BytesPanel::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    if (m_document && !isVisible())
        m_document->setBytesWindow(BytesUse::Panel, {});
}

void BytesPanel::paintEvent(QPaintEvent*) { QPainter(this).fillRect(rect(), Theme::current().canvas); }

} // namespace heapatlas
