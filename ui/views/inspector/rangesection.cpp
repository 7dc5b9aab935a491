// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/inspector/rangesection.h"

#include "session/document.h"
#include "session/rangewatch.h"
#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace heapatlas {

RangeSection::RangeSection(QWidget* parent)
    : InspectorSection(tr("What happened"), "inspectorRange", parent)
    , m_grid(new QGridLayout)
    , m_wholeTitle(new QLabel(wording::wholeRun(), this))
    , m_rangeTitle(new QLabel(wording::inRange(), this))
{
    m_grid->setContentsMargins(padding, 0, padding, 0);
    m_grid->setHorizontalSpacing(12);
    m_grid->setVerticalSpacing(3);
    m_grid->setColumnStretch(0, 1);
    m_grid->addWidget(m_wholeTitle, 0, 1, Qt::AlignRight);
    m_grid->addWidget(m_rangeTitle, 0, 2, Qt::AlignRight);
    body()->addLayout(m_grid);
    RangeSection::dress();
}

void RangeSection::setDocument(Document* document)
{
    if (m_document) {
        m_document->disconnect(this);
        m_document->rangeWatch()->disconnect(this);
    }
    m_document = document;
    if (document != nullptr) {
        connect(document, &Document::rangeChanged, this, &RangeSection::refresh);
        connect(document->rangeWatch(), &RangeWatch::figuresChanged, this, &RangeSection::refresh);
        if (isVisible())
            document->rangeWatch()->requestWhole();
    }
    refresh();
}

void RangeSection::refresh()
{
    const bool hasRange = m_document && m_document->range().has_value();
    const auto whole = m_document ? m_document->rangeWatch()->whole() : nullptr;
    const auto range = m_document ? m_document->rangeWatch()->inRange() : nullptr;
    m_rows = wording::rangeRows(whole.get(), range.get(), hasRange);
    rebuild();
}

void RangeSection::rebuild()
{
    const bool hasRange = m_document && m_document->range().has_value();
    // Widgets are made for the first rows only, or for a row that comes later: then texts change.
    while (m_names.size() < m_rows.size()) {
        const int row = static_cast<int>(m_names.size()) + 1;
        for (QList<QLabel*>* column : { &m_names, &m_wholes, &m_ranges }) {
            auto* label = new QLabel(this);
            label->setTextInteractionFlags(
                column == &m_names ? Qt::NoTextInteraction : Qt::TextSelectableByMouse);
            m_grid->addWidget(label, row,
                column == &m_names        ? 0
                    : column == &m_wholes ? 1
                                          : 2,
                column == &m_names ? Qt::AlignLeft : Qt::AlignRight);
            *column << label;
        }
        m_wholes.last()->setObjectName(QStringLiteral("rangeWhole"));
        m_ranges.last()->setObjectName(QStringLiteral("rangeIn"));
        dress();
    }
    m_wholeTitle->setVisible(true);
    m_rangeTitle->setVisible(hasRange);
    for (qsizetype i = 0; i < m_names.size(); ++i) {
        const bool isUsed = i < m_rows.size();
        m_names[i]->setVisible(isUsed);
        m_wholes[i]->setVisible(isUsed);
        m_ranges[i]->setVisible(isUsed && hasRange);
        if (!isUsed)
            continue;
        const wording::RangeRow& row = m_rows[i];
        m_names[i]->setText(row.name);
        m_names[i]->setToolTip(row.meaning);
        m_wholes[i]->setText(row.whole);
        m_wholes[i]->setToolTip(row.wholeExact);
        m_wholes[i]->setAccessibleName(tr("%1, whole run: %2").arg(row.name, row.whole));
        m_ranges[i]->setText(row.inRange);
        m_ranges[i]->setToolTip(row.inRangeExact);
        m_ranges[i]->setAccessibleName(tr("%1, in range: %2").arg(row.name, row.inRange));
    }
}

void RangeSection::dress()
{
    InspectorSection::dress();
    const Theme& theme = Theme::current();
    for (QLabel* title : { m_wholeTitle, m_rangeTitle }) {
        title->setFont(fonts::secondary());
        inspector::setInk(title, theme.text2);
    }
    for (QLabel* name : m_names) {
        name->setFont(fonts::body());
        inspector::setInk(name, theme.text2);
    }
    for (const QList<QLabel*>* column : { &m_wholes, &m_ranges }) {
        for (QLabel* value : *column) {
            value->setFont(fonts::body());
            inspector::setInk(value, theme.text);
        }
    }
}

void RangeSection::showEvent(QShowEvent* event)
{
    InspectorSection::showEvent(event);
    // Only somebody who looks pays for it.
    if (m_document)
        m_document->rangeWatch()->requestWhole();
}

} // namespace heapatlas
