// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/inspector/inspectorview.h"

#include "session/document.h"
#include "session/lifefacts.h"
#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"
#include "ui/views/inspector/boxsection.h"
#include "ui/views/inspector/inspectorbytes.h"
#include "ui/views/inspector/inspectorsection.h"
#include "ui/views/inspector/lifetimebar.h"
#include "ui/views/inspector/pinsection.h"
#include "ui/views/inspector/rangesection.h"
#include "ui/views/inspector/slotsection.h"
#include "ui/views/inspector/stackrow.h"
#include "ui/widgets/flowlayout.h"

#include <QApplication>
#include <QClipboard>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace heapatlas {

namespace {

constexpr int padding = InspectorSection::padding;
/// Deeper stacks are cut in the panel; a recursion of thousands of frames is not read row by row.
constexpr std::size_t maxFrames = 64;

QColor swatchColor(InspectorFacts::Swatch swatch, std::uint8_t sizeClass)
{
    const Theme& theme = Theme::current();
    switch (swatch) {
    case InspectorFacts::Swatch::SizeClass:
        return theme.sizeClassColor(sizeClass);
    case InspectorFacts::Swatch::LargeRun:
        return theme.largeRun;
    case InspectorFacts::Swatch::Huge:
        return theme.hugeBlock;
    case InspectorFacts::Swatch::Header:
        return theme.header;
    case InspectorFacts::Swatch::FreePage:
        return theme.freePage;
    case InspectorFacts::Swatch::None:
        break;
    }
    return theme.live;
}

void clearLayout(QLayout* layout)
{
    while (QLayoutItem* item = layout->takeAt(0)) {
        if (QWidget* widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        if (QLayout* inner = item->layout())
            clearLayout(inner);
        delete item;
    }
}

bool isSameStack(const CallStack& a, const CallStack& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Frame& x, const Frame& y) {
        return x.line == y.line && x.function == y.function && x.scope == y.scope && x.file == y.file;
    });
}

void setValue(QLabel* label, const InspectorFacts::Row& fact)
{
    label->setText(fact.value);
    label->setToolTip(fact.exact);
    label->setAccessibleName(fact.name + QStringLiteral(": ") + fact.value);
}

} // namespace

InspectorView::InspectorView(QWidget* parent)
    : QWidget(parent)
    , m_empty(new QLabel(
          tr("Select a block in the map to see where it is, how long it lives and who allocated it."), this))
    , m_content(new QWidget)
    , m_title(new QLabel(m_content))
    , m_address(new QLabel(m_content))
    , m_copy(new QToolButton(m_content))
    , m_where(new InspectorSection(tr("Where"), "inspectorWhere", m_content))
    , m_life(new InspectorSection(tr("Lifetime"), "inspectorLifetime", m_content))
    , m_lifeBar(new LifetimeBar(m_life))
    , m_born(new QLabel(m_life))
    , m_state(new QLabel(m_life))
    , m_allocatedBy(new InspectorSection(tr("Allocated by"), "inspectorAllocatedBy", m_content))
    , m_freedBy(new InspectorSection(tr("Freed by"), "inspectorFreedBy", m_content))
    , m_moreSections(new QVBoxLayout)
    , m_openSource(new QPushButton(tr("Open in editor"), m_content))
    , m_fromSite(new QPushButton(tr("All from this site"), m_content))
    , m_goToBirth(new QPushButton(tr("Go to birth"), m_content))
    , m_goToFree(new QPushButton(tr("Go to free"), m_content))
{
    setObjectName(QStringLiteral("inspectorView"));
    setAccessibleName(tr("Inspector"));
    m_empty->setObjectName(QStringLiteral("inspectorEmpty"));
    m_empty->setWordWrap(true);
    m_empty->setContentsMargins(padding, 14, padding, 14);
    m_empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);

    m_title->setObjectName(QStringLiteral("inspectorTitle"));
    m_title->setWordWrap(true);
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_address->setObjectName(QStringLiteral("inspectorAddress"));
    m_address->setTextFormat(Qt::RichText);
    m_copy->setObjectName(QStringLiteral("inspectorCopy"));
    m_copy->setAccessibleName(tr("Copy the address"));
    m_copy->setToolTip(tr("Copy the address"));
    m_copy->setIconSize({ 15, 15 });
    m_copy->setFixedSize(24, 24);
    connect(m_copy, &QToolButton::clicked, this,
        [this] { QApplication::clipboard()->setText(wording::address(m_facts.address)); });

    auto* addressRow = new QHBoxLayout;
    addressRow->setContentsMargins(padding, 0, padding, 0);
    addressRow->setSpacing(2);
    addressRow->addWidget(m_address);
    addressRow->addWidget(m_copy);
    addressRow->addStretch(1);
    auto* titleRow = new QHBoxLayout;
    titleRow->setContentsMargins(padding, 12, padding, 0);
    titleRow->addWidget(m_title, 1);

    m_lifeBar->setParent(m_life);
    m_born->setObjectName(QStringLiteral("inspectorBorn"));
    m_state->setObjectName(QStringLiteral("inspectorState"));
    auto* barRow = new QHBoxLayout;
    barRow->setContentsMargins(padding, 1, padding, 3);
    barRow->addWidget(m_lifeBar);
    auto* bornRow = new QHBoxLayout;
    bornRow->setContentsMargins(padding, 0, padding, 0);
    bornRow->addWidget(m_born);
    bornRow->addStretch(1);
    bornRow->addWidget(m_state);
    m_life->body()->addLayout(barRow);
    m_life->body()->addLayout(bornRow);

    const auto prepare = [](QPushButton* button, const char* name, const QString& tip) {
        button->setObjectName(QLatin1String(name));
        button->setAccessibleName(button->text());
        button->setToolTip(tip);
    };
    prepare(m_openSource, "inspectorOpenSource", tr("Opens the line that allocated this block"));
    prepare(m_goToBirth, "inspectorGoToBirth", tr("Moves the cursor to the event that allocated this block"));
    prepare(m_goToFree, "inspectorGoToFree",
        tr("Moves the cursor to the last moment before this block is freed"));
    prepare(m_fromSite, "inspectorFromSite", tr("Shows the blocks of this site before all others"));
    connect(m_fromSite, &QPushButton::clicked, this, [this] {
        if (m_document && m_document->details())
            m_document->setSite(m_document->siteOf(m_document->details()->block.stack));
    });
    connect(m_openSource, &QPushButton::clicked, this, [this] {
        const auto with = std::find_if(m_facts.allocatedBy.begin(), m_facts.allocatedBy.end(),
            [](const Frame& frame) { return !frame.file.empty(); });
        if (with != m_facts.allocatedBy.end())
            Q_EMIT sourceRequested(*with);
    });
    connect(m_goToBirth, &QPushButton::clicked, this, [this] {
        if (m_facts.life)
            Q_EMIT eventRequested(m_facts.life->born);
    });
    connect(m_goToFree, &QPushButton::clicked, this, [this] {
        if (m_facts.life && m_facts.life->freed)
            Q_EMIT eventRequested(*m_facts.life->freed);
    });
    auto* buttons = new FlowLayout(8);
    buttons->setContentsMargins(padding, 12, padding, 16);
    buttons->addWidget(m_openSource);
    buttons->addWidget(m_fromSite);
    buttons->addWidget(m_goToBirth);
    buttons->addWidget(m_goToFree);

    auto* column = new QVBoxLayout(m_content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(titleRow);
    column->addLayout(addressRow);
    column->addSpacing(8);
    column->addWidget(m_where);
    column->addWidget(m_life);
    column->addWidget(m_allocatedBy);
    column->addWidget(m_freedBy);
    column->addLayout(m_moreSections);
    column->addLayout(buttons);
    column->addStretch(1);
    auto* scroll = new QScrollArea(this);
    scroll->setObjectName(QStringLiteral("inspectorScroll"));
    scroll->setAccessibleName(tr("Details of the selection"));
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(m_content);
    scroll->viewport()->setAutoFillBackground(false);
    m_content->setAutoFillBackground(false);

    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_empty);
    m_range = new RangeSection(this);
    m_range->hide();
    all->addWidget(scroll, 1);
    all->addWidget(m_range);
    all->addStretch(0);
    m_bytes = new InspectorBytes(m_content);
    addSection(m_bytes);
    connect(m_bytes, &InspectorBytes::panelRequested, this, &InspectorView::bytesPanelRequested);
    m_pins = new PinSection(m_content);
    addSection(m_pins);
    m_lifeFacts = new LifeFacts(this);
    m_slot = new SlotSection(m_lifeFacts, m_content);
    addSection(m_slot);
    m_box = new BoxSection(m_lifeFacts, this);
    all->insertWidget(1, m_box); // it speaks of no selection
    connect(m_slot, &SlotSection::mapRequested, this, &InspectorView::mapRequested);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, &InspectorView::dress);
    dress();
}

void InspectorView::addSection(InspectorSection* section)
{
    m_moreSections->addWidget(section);
    m_addedSections << section;
    section->dress();
}

void InspectorView::setSlotLifeShown(bool shown) { m_slot->setWanted(shown); }

void InspectorView::setDocument(Document* document)
{
    if (m_document)
        m_document->disconnect(this);
    m_document = document;
    if (document != nullptr) {
        connect(document, &Document::snapshotChanged, this, &InspectorView::refresh);
        connect(document, &Document::selectionChanged, this, &InspectorView::refresh);
        connect(document, &Document::detailsChanged, this, &InspectorView::refresh);
        connect(document, &Document::progressChanged, this, &InspectorView::refresh);
        connect(document, &Document::rangeChanged, this, &InspectorView::refresh);
    }
    m_bytes->setDocument(document);
    m_pins->setDocument(document);
    m_lifeFacts->setDocument(document);
    m_slot->setDocument(document);
    m_box->setDocument(document);
    m_range->setDocument(document);
    refresh();
}

void InspectorView::refresh()
{
    const SnapshotPtr snapshot = m_document ? m_document->snapshot() : nullptr;
    if (!snapshot) {
        showFacts({});
        return;
    }
    const auto details = m_document->details();
    const auto markers = m_document->markers();
    showFacts(inspectorFacts(m_document->selection(), *snapshot, details.get(),
        markers ? std::span<const Marker>(*markers) : std::span<const Marker>(), m_document->eventCount()));
}

void InspectorView::showFacts(const InspectorFacts& facts)
{
    m_facts = facts;
    const bool isEmpty = facts.title.isEmpty();
    m_empty->setVisible(isEmpty);
    m_range->setVisible(m_document && (isEmpty || m_document->range()));
    m_content->setVisible(!isEmpty);
    if (isEmpty)
        return;
    const Theme& theme = Theme::current();
    m_title->setText(facts.title);
    const QString digits = wording::address(facts.address);
    const qsizetype shared = std::min<qsizetype>(2 + facts.sharedDigits, digits.size() - 1);
    m_address->setText(
        QStringLiteral("<span style=\"color:%1\">%2</span><span style=\"color:%3\">%4</span>")
            .arg(theme.text3.name(), digits.left(shared), theme.text.name(), digits.mid(shared)));
    m_address->setAccessibleName(digits);
    m_where->setTitle(facts.whereTitle);
    fillRows();
    m_life->setVisible(facts.life.has_value());
    if (facts.life) {
        m_lifeBar->setLife(*facts.life, swatchColor(facts.fill, facts.swatchClass));
        m_born->setText(facts.life->bornText);
        m_state->setText(facts.life->stateText);
    }
    fillStack(m_allocatedBy, m_shownAllocatedBy, facts.allocatedBy, facts.stackNote);
    fillStack(m_freedBy, m_shownFreedBy, facts.freedBy, {});
    const bool hasSource = std::any_of(facts.allocatedBy.begin(), facts.allocatedBy.end(),
        [](const Frame& frame) { return !frame.file.empty(); });
    m_openSource->setVisible(hasSource);
    m_fromSite->setVisible(!facts.allocatedBy.empty());
    m_goToBirth->setVisible(facts.life.has_value() && facts.life->born > 0);
    m_goToFree->setVisible(facts.life.has_value() && facts.life->freed.has_value());
}

void InspectorView::fillRows()
{
    QString shape = QString::number(m_facts.swatchClass);
    for (const InspectorFacts::Row& fact : m_facts.where)
        shape += fact.name + QChar(static_cast<char16_t>(u'0' + static_cast<int>(fact.swatch)));
    if (shape == m_rowShape) {
        for (qsizetype i = 0; i < m_rowValues.size(); ++i)
            setValue(m_rowValues[i], m_facts.where[i]);
        return;
    }
    m_rowShape = shape;
    m_rowValues.clear();
    const Theme& theme = Theme::current();
    QVBoxLayout* body = m_where->body();
    clearLayout(body);
    auto* grid = new QGridLayout;
    grid->setContentsMargins(padding, 0, padding, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(5);
    grid->setColumnMinimumWidth(0, fonts::scaled(104));
    grid->setColumnStretch(2, 1);
    int row = 0;
    for (const InspectorFacts::Row& fact : m_facts.where) {
        auto* name = new QLabel(fact.name, m_where);
        name->setFont(fonts::body());
        inspector::setInk(name, theme.text2);
        auto* value = new QLabel(m_where);
        value->setObjectName(QStringLiteral("inspectorValue"));
        value->setFont(fonts::body());
        value->setWordWrap(true);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        inspector::setInk(value, theme.text);
        setValue(value, fact);
        m_rowValues << value;
        grid->addWidget(name, row, 0, Qt::AlignTop);
        if (fact.swatch != InspectorFacts::Swatch::None) {
            auto* swatch = new QLabel(m_where);
            QPixmap square(QSize(12, 12) * devicePixelRatioF());
            square.setDevicePixelRatio(devicePixelRatioF());
            square.fill(swatchColor(fact.swatch, m_facts.swatchClass));
            if (fact.swatch == InspectorFacts::Swatch::FreePage) {
                QPainter painter(&square);
                painter.setPen(theme.lineStrong);
                painter.drawRect(QRectF(0.5, 0.5, 11, 11));
            }
            swatch->setPixmap(square);
            grid->addWidget(swatch, row, 1, Qt::AlignVCenter);
            grid->addWidget(value, row, 2);
        } else {
            grid->addWidget(value, row, 1, 1, 2);
        }
        ++row;
    }
    body->addLayout(grid);
}

void InspectorView::fillStack(
    InspectorSection* section, CallStack& shown, const CallStack& stack, const QString& note)
{
    if (!stack.empty() && isSameStack(shown, stack)) {
        section->show();
        return;
    }
    shown = stack;
    clearLayout(section->body());
    section->setVisible(!stack.empty() || !note.isEmpty());
    if (stack.empty()) {
        auto* label = new QLabel(note, section);
        label->setContentsMargins(padding, 0, padding, 0);
        label->setWordWrap(true);
        inspector::setInk(label, Theme::current().text2);
        section->body()->addWidget(label);
        return;
    }
    auto* rows = new QVBoxLayout;
    rows->setContentsMargins(padding - 6, 0, padding - 6, 0);
    rows->setSpacing(0);
    for (std::size_t i = 0; i < std::min(stack.size(), maxFrames); ++i) {
        auto* row = new StackRow(stack[i], i == 0, section);
        connect(row, &StackRow::clicked, this, [this, frame = stack[i]] { Q_EMIT sourceRequested(frame); });
        rows->addWidget(row);
    }
    if (stack.size() > maxFrames) {
        auto* more =
            new QLabel(tr("and %1 more callers").arg(wording::count(stack.size() - maxFrames)), section);
        more->setContentsMargins(6, 2, 6, 0);
        inspector::setInk(more, Theme::current().text2);
        rows->addWidget(more);
    }
    section->body()->addLayout(rows);
}

void InspectorView::dress()
{
    const Theme& theme = Theme::current();
    m_title->setFont(fonts::viewTitle());
    m_address->setFont(fonts::mono(12));
    m_copy->setIcon(icons::icon(u"copy", theme.text2));
    m_openSource->setIcon(icons::icon(u"editor"));
    for (QLabel* label : { m_born, m_state, m_empty }) {
        label->setFont(label == m_empty ? fonts::body() : fonts::secondary());
        inspector::setInk(label, theme.text2);
    }
    for (InspectorSection* section : { m_where, m_life, m_allocatedBy, m_freedBy })
        section->dress();
    for (InspectorSection* section : m_addedSections)
        section->dress();
    m_box->dress();
    m_range->dress();
    m_rowShape.clear(); // rows hold colours
    showFacts(m_facts);
    update();
}

void InspectorView::showEvent(QShowEvent* event)
{
    dress(); // a style sheet takes fonts and colours away again when a widget gets its final parent
    QWidget::showEvent(event);
}

void InspectorView::paintEvent(QPaintEvent*) { QPainter(this).fillRect(rect(), Theme::current().panel); }

} // namespace heapatlas
