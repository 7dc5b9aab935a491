// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/inspector/pinsection.h"

#include "session/document.h"
#include "session/overlaywatch.h"
#include "session/pinwording.h"
#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"
#include "ui/views/inspector/pinholderrow.h"

#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

namespace heapatlas {

namespace {

/// Selections that speak of a stretch of the heap. For a single block the finding is shown if it is there anyway, but
/// nobody computes it at every step of the cursor.
bool isStretch(Selection::What what)
{
    return what == Selection::What::Chunk || what == Selection::What::Region || what == Selection::What::Page;
}

/// The block that begins there, as a selection.
Selection blockAt(const HeapSnapshot& snapshot, Address begin)
{
    const RegionRow* region = snapshot.regionAt(begin);
    if (region == nullptr)
        return {};
    const Address end = region->kind == RegionKind::SmallRun ? begin + region->slotBytes : region->range.end;
    return { Selection::What::Block, { begin, end } };
}

} // namespace

const Pin* pinOf(const PinTable& table, const Selection& selection)
{
    if (selection.what == Selection::What::Nothing)
        return nullptr;
    const auto holds = [&](const Pin& pin) { return pin.range.contains(selection.range.begin); };
    const auto find = [&](std::span<const Pin> pins) {
        const auto it = std::find_if(pins.begin(), pins.end(), holds);
        return it == pins.end() ? nullptr : &*it;
    };
    const Pin* run = selection.what == Selection::What::Chunk ? nullptr : find(table.runs());
    return run != nullptr ? run : find(table.chunks());
}

PinSection::PinSection(QWidget* parent)
    : InspectorSection(QString(), "inspectorPins", parent)
    , m_finding(new QLabel(this))
    , m_more(new QLabel(this))
{
    m_finding->setObjectName(QStringLiteral("pinFinding"));
    m_finding->setWordWrap(true);
    m_finding->setContentsMargins(padding, 0, padding, 4);
    m_finding->setTextInteractionFlags(Qt::TextSelectableByMouse);
    body()->addWidget(m_finding);
    auto* rows = new QVBoxLayout;
    rows->setContentsMargins(padding - 6, 0, padding - 6, 0);
    rows->setSpacing(0);
    for (std::size_t i = 0; i < maxHolders; ++i) {
        auto* row = new PinHolderRow(this);
        connect(row, &QAbstractButton::clicked, this, [this, row] {
            if (!m_document)
                return;
            if (const SnapshotPtr snapshot = m_document->snapshot())
                m_document->setSelection(blockAt(*snapshot, row->holder().example));
        });
        m_rows << row;
        rows->addWidget(row);
    }
    body()->addLayout(rows);
    m_more->setObjectName(QStringLiteral("pinMore"));
    m_more->setContentsMargins(padding, 2, padding, 0);
    body()->addWidget(m_more);
    PinSection::dress();
    hide();
}

PinSection::~PinSection() = default;

void PinSection::setDocument(Document* document)
{
    if (m_document) {
        m_document->disconnect(this);
        m_document->overlayWatch()->disconnect(this);
        m_document->overlayWatch()->setWanted(this, {});
    }
    m_document = document;
    if (document != nullptr) {
        connect(document, &Document::selectionChanged, this, &PinSection::refresh);
        connect(document->overlayWatch(), &OverlayWatch::changed, this, &PinSection::refresh);
    }
    refresh();
}

void PinSection::refresh()
{
    if (!m_document) {
        hide();
        return;
    }
    const Selection selection = m_document->selection();
    m_document->overlayWatch()->setWanted(
        this, isStretch(selection.what) ? OverlayWatch::Wants(OverlayWatch::Pins) : OverlayWatch::Wants());
    show(selection, m_document->overlayWatch()->overlays());
}

void PinSection::show(const Selection& selection, const HeapOverlaysPtr& overlays)
{
    const PinTablePtr table = overlays == nullptr ? nullptr : overlays->pins;
    const Pin* pin = table == nullptr ? nullptr : pinOf(*table, selection);
    setVisible(pin != nullptr);
    if (pin == nullptr)
        return;
    setTitle(pin->what == Pin::What::Chunk ? tr("What pins this chunk") : tr("What pins this run"));
    const auto holders = table->holdersOf(*pin);
    m_finding->setText(wording::pinFinding(*pin, holders));
    const std::size_t shown = std::min(holders.size(), maxHolders);
    for (std::size_t i = 0; i < maxHolders; ++i) {
        PinHolderRow* row = m_rows[static_cast<qsizetype>(i)];
        row->setVisible(i < shown);
        if (i >= shown)
            continue;
        const std::uint32_t site = holders[i].site;
        row->setHolder(holders[i], site < overlays->sites.size() ? overlays->sites[site] : Frame {});
    }
    m_more->setVisible(holders.size() > shown);
    m_more->setText(holders.size() - shown == 1
            ? tr("and 1 more site")
            : tr("and %1 more sites").arg(wording::count(holders.size() - shown)));
}

void PinSection::dress()
{
    InspectorSection::dress();
    for (QLabel* label : { m_finding, m_more }) {
        label->setFont(label == m_finding ? fonts::body() : fonts::secondary());
        inspector::setInk(label, label == m_finding ? Theme::current().text : Theme::current().text2);
    }
}

} // namespace heapatlas
