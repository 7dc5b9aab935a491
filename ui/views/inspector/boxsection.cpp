// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/inspector/boxsection.h"

#include "session/document.h"
#include "session/lifefacts.h"
#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace heapatlas {

BoxSection::BoxSection(LifeFacts* facts, QWidget* parent)
    : InspectorSection(tr("In the box"), "inspectorBox", parent)
    , m_facts(facts)
    , m_where(new QLabel(this))
    , m_counts(new QLabel(this))
    , m_sites(new QLabel(this))
    , m_clear(new QPushButton(tr("Remove the filter"), this))
{
    m_where->setObjectName(QStringLiteral("boxWhere"));
    m_counts->setObjectName(QStringLiteral("boxCounts"));
    m_sites->setObjectName(QStringLiteral("boxSites"));
    m_clear->setObjectName(QStringLiteral("boxClear"));
    m_clear->setAccessibleName(m_clear->text());
    auto* column = new QVBoxLayout;
    column->setContentsMargins(padding, 1, padding, 4);
    column->setSpacing(5);
    for (QLabel* label : { m_where, m_counts, m_sites }) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        column->addWidget(label);
    }
    column->addWidget(m_clear, 0, Qt::AlignLeft);
    body()->addLayout(column);
    connect(m_clear, &QPushButton::clicked, this, [this] {
        if (m_document)
            m_document->setFilter(std::nullopt);
    });
    connect(facts, &LifeFacts::boxChanged, this, &BoxSection::refresh);
    hide();
    BoxSection::dress();
}

void BoxSection::setDocument(Document* document)
{
    if (m_document)
        m_document->disconnect(this);
    m_document = document;
    if (document != nullptr)
        connect(document, &Document::filterChanged, this, &BoxSection::refresh);
    refresh();
}

void BoxSection::dress()
{
    InspectorSection::dress();
    const Theme& theme = Theme::current();
    m_where->setFont(fonts::secondary());
    m_counts->setFont(fonts::bodyStrong());
    m_sites->setFont(fonts::secondary());
    inspector::setInk(m_where, theme.text2);
    inspector::setInk(m_counts, theme.text);
    inspector::setInk(m_sites, theme.text);
}

void BoxSection::refresh()
{
    const auto filter = m_document ? m_document->filter() : std::nullopt;
    setVisible(filter.has_value());
    if (!filter)
        return;
    m_where->setText(
        tr("events %1 to %2, %3 from %4")
            .arg(wording::count(filter->events.begin), wording::count(filter->events.end - 1),
                wording::size(filter->addresses.size()), wording::address(filter->addresses.begin)));
    const BoxCountPtr box = m_facts->box();
    m_sites->setVisible(box != nullptr && box->blocks > 0);
    if (box == nullptr) {
        m_counts->setText(tr("Counting…"));
        return;
    }
    const std::vector<LifeFacts::Site> sites = m_facts->boxSites(maxSites);
    m_counts->setText(tr("%1 blocks, %2").arg(wording::count(box->blocks), wording::size(box->bytes)));
    QStringList lines {
        tr("%1 born in it, %2 freed in it").arg(wording::count(box->born), wording::count(box->ended))
    };
    for (const LifeFacts::Site& site : sites) {
        lines << QStringLiteral("%1: %2, %3")
                     .arg(site.name.isEmpty() ? tr("call site not known") : site.name,
                         site.blocks == 1 ? tr("1 block") : tr("%1 blocks").arg(wording::count(site.blocks)),
                         wording::size(site.bytes));
    }
    m_sites->setText(lines.join(u'\n'));
}

} // namespace heapatlas
