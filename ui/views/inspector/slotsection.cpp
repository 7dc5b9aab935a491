// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/inspector/slotsection.h"

#include "session/document.h"
#include "session/lifefacts.h"
#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"
#include "ui/views/inspector/slotcharts.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace heapatlas {

SlotSection::SlotSection(LifeFacts* facts, QWidget* parent)
    : InspectorSection(tr("Life of this slot"), "inspectorSlot", parent)
    , m_facts(facts)
    , m_strip(new SlotStrip(this))
    , m_owners(new QLabel(this))
    , m_survived(new QLabel(this))
    , m_longTitle(new QLabel(tr("How long blocks live here"), this))
    , m_histogram(new LifetimeHistogram(this))
    , m_toMap(new QPushButton(tr("Show in map"), this))
{
    m_owners->setObjectName(QStringLiteral("slotOwners"));
    m_survived->setObjectName(QStringLiteral("slotSurvived"));
    m_longTitle->setObjectName(QStringLiteral("slotLongTitle"));
    m_toMap->setObjectName(QStringLiteral("slotToMap"));
    m_toMap->setAccessibleName(m_toMap->text());
    m_toMap->setToolTip(tr("Shows this block among its neighbours"));
    m_owners->setWordWrap(true);
    auto* column = new QVBoxLayout;
    column->setContentsMargins(padding, 1, padding, 2);
    column->setSpacing(5);
    column->addWidget(m_strip);
    column->addWidget(m_owners);
    column->addWidget(m_survived);
    column->addSpacing(6);
    column->addWidget(m_longTitle);
    column->addWidget(m_histogram);
    auto* row = new QHBoxLayout;
    row->addWidget(m_toMap);
    row->addStretch(1);
    column->addLayout(row);
    body()->addLayout(column);
    connect(m_toMap, &QPushButton::clicked, this, &SlotSection::mapRequested);
    connect(facts, &LifeFacts::slotChanged, this, &SlotSection::refresh);
    hide();
    SlotSection::dress();
}

void SlotSection::setDocument(Document* document)
{
    if (m_document)
        m_document->disconnect(this);
    m_document = document;
    if (document != nullptr) {
        connect(document, &Document::cursorChanged, this, &SlotSection::refresh);
        connect(document, &Document::detailsChanged, this, &SlotSection::refresh);
    }
    refresh();
}

void SlotSection::setWanted(bool wanted)
{
    m_isWanted = wanted;
    m_facts->setSlotWanted(wanted);
    refresh();
}

void SlotSection::dress()
{
    InspectorSection::dress();
    const Theme& theme = Theme::current();
    for (QLabel* label : { m_owners, m_survived }) {
        label->setFont(fonts::secondary());
        inspector::setInk(label, theme.text);
    }
    m_longTitle->setFont(fonts::ui(12, QFont::DemiBold));
    inspector::setInk(m_longTitle, theme.text2);
}

void SlotSection::refresh()
{
    const auto details = m_document ? m_document->details() : nullptr;
    const bool isShown = m_isWanted && details != nullptr && (m_facts->slot() || m_facts->isSlotPending());
    setVisible(isShown);
    if (!isShown)
        return;
    const SlotLivesPtr lives = m_facts->slot();
    const std::uint64_t born = details->block.bornEvent;
    const std::uint64_t cursor = m_document->cursor();
    m_strip->setLives(lives, born, cursor, m_document->eventCount());
    m_histogram->setLives(lives);
    m_histogram->setVisible(lives != nullptr);
    m_longTitle->setVisible(lives != nullptr);
    std::uint64_t runs = 0;
    if (const auto markers = m_document->markers()) {
        runs = static_cast<std::uint64_t>(
            std::count_if(markers->begin(), markers->end(), [&](const Marker& marker) {
                return std::holds_alternative<GcMarker>(marker.what) && marker.event >= born
                    && marker.event < cursor;
            }));
    }
    m_survived->setText(
        runs == 1 ? tr("Survived 1 GC run") : tr("Survived %1 GC runs").arg(wording::count(runs)));
    if (lives == nullptr) {
        m_owners->setText(tr("Counting who lived here…"));
        return;
    }
    const auto before = static_cast<std::uint64_t>(std::count_if(lives->owners.begin(), lives->owners.end(),
        [born](const SlotLives::Owner& owner) { return owner.born < born; }));
    const QString atLeast =
        lives->ownerCount > lives->owners.size() ? tr("at least %1") : QStringLiteral("%1");
    m_owners->setText(before == 0 ? tr("Nobody owned this place before")
            : before == 1
            ? tr("1 block was here before this one")
            : tr("%1 blocks were here before this one").arg(atLeast.arg(wording::count(before))));
}

} // namespace heapatlas
