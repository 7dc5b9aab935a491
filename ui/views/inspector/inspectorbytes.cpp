// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/inspector/inspectorbytes.h"

#include "session/document.h"
#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"
#include "ui/views/bytes/bytestext.h"
#include "ui/views/bytes/hexgrid.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace heapatlas {

namespace {

/// "refcount, type, h, len": the first few fields, each name once.
QString namesOf(const HeapBytes& bytes)
{
    constexpr qsizetype most = 6;
    QStringList names;
    for (const ByteField& field : bytes.fields) {
        const QString name = QString::fromStdString(field.name);
        if (!names.contains(name) && field.kind != FieldKind::Unused)
            names += name;
    }
    if (names.size() > most)
        names = names.mid(0, most) << QStringLiteral("…");
    return names.join(QStringLiteral(", "));
}

} // namespace

InspectorBytes::InspectorBytes(QWidget* parent)
    : InspectorSection(tr("Bytes"), "inspectorBytes", parent)
    , m_grid(new HexGrid(this))
    , m_names(new QLabel(this))
    , m_note(new QLabel(this))
    , m_open(new QPushButton(tr("All bytes"), this))
{
    m_grid->setObjectName(QStringLiteral("inspectorHex"));
    m_grid->setAccessibleName(tr("First bytes of the selection"));
    m_grid->setRowBytes(8);
    m_names->setObjectName(QStringLiteral("inspectorByteNames"));
    m_names->setContentsMargins(padding, 0, padding, 0);
    m_names->setWordWrap(true);
    m_note->setObjectName(QStringLiteral("inspectorByteNote"));
    m_note->setContentsMargins(padding, 0, padding, 0);
    m_note->setWordWrap(true);
    m_open->setObjectName(QStringLiteral("inspectorAllBytes"));
    m_open->setAccessibleName(tr("Show all bytes in the panel"));
    m_open->setToolTip(tr("Opens the panel with all bytes of the selection (Ctrl+Shift+B)"));
    auto* const link = new QHBoxLayout;
    link->setContentsMargins(padding, 6, padding, 0);
    link->addWidget(m_open);
    link->addStretch(1);
    body()->addWidget(m_names);
    body()->addSpacing(4);
    body()->addWidget(m_grid);
    body()->addWidget(m_note);
    body()->addLayout(link);
    connect(m_open, &QPushButton::clicked, this, &InspectorBytes::panelRequested);
    connect(m_grid, &HexGrid::currentChanged, this, [this](Address at) {
        if (m_document && m_grid->bytes())
            m_document->setByteRange(bytestext::fieldRange(*m_grid->bytes(), at));
    });
    InspectorBytes::dress();
    hide();
}

void InspectorBytes::dress()
{
    InspectorSection::dress();
    for (QLabel* const label : { m_names, m_note }) {
        label->setFont(fonts::secondary());
        inspector::setInk(label, Theme::current().text2);
    }
}

QString InspectorBytes::note() const { return m_note->isHidden() ? QString() : m_note->text(); }

void InspectorBytes::setDocument(Document* document)
{
    if (m_document == document)
        return;
    if (m_document)
        m_document->disconnect(this);
    m_document = document;
    if (document != nullptr) {
        connect(document, &Document::selectionChanged, this, &InspectorBytes::refresh);
        connect(document, &Document::snapshotChanged, this, &InspectorBytes::refresh);
        connect(document, &Document::bytesChanged, this, &InspectorBytes::takeBytes);
        connect(document, &Document::byteRangeChanged, this,
            [this] { m_grid->setCurrent(m_document->byteRange().begin); });
    }
    refresh();
}

void InspectorBytes::refresh()
{
    const Selection selection = m_document ? m_document->selection() : Selection {};
    const bool hasBytes = selection.what == Selection::What::Block || selection.what == Selection::What::Slot
        || selection.what == Selection::What::Region || selection.what == Selection::What::Page;
    setVisible(hasBytes);
    if (m_document == nullptr)
        return;
    AddressRange window = hasBytes ? selection.range : AddressRange {};
    if (window.size() > shownBytes)
        window.end = window.begin + shownBytes;
    m_document->setBytesWindow(BytesUse::Inspector, window);
    takeBytes();
}

void InspectorBytes::takeBytes()
{
    const HeapBytesPtr bytes = m_document ? m_document->bytes(BytesUse::Inspector) : nullptr;
    const SnapshotPtr snapshot = m_document ? m_document->snapshot() : nullptr;
    if (isHidden() || !bytes || !snapshot || bytes->range.begin != m_document->selection().range.begin)
        return; // of the selection before
    const bool isKnown = bytestext::hasKnown(*bytes, bytes->range);
    const QString kind = bytestext::kindOf(*bytes, m_document->selection(), *snapshot);
    setTitle(isKnown ? tr("Bytes as %1").arg(kind) : tr("Bytes"));
    m_grid->setBytes(isKnown ? bytes : nullptr, bytes->range);
    m_grid->setFixedHeight(m_grid->sizeHint().height());
    m_grid->setVisible(isKnown);
    m_names->setText(namesOf(*bytes));
    m_names->setVisible(isKnown && !m_names->text().isEmpty());
    m_note->setText(isKnown      ? bytestext::ageOf(*bytes)
            : bytes->hasContents ? tr("Nothing was recorded of these bytes.")
                                 : tr("This trace has no byte contents."));
    m_note->setHidden(m_note->text().isEmpty());
    m_open->setVisible(isKnown);
}

} // namespace heapatlas
