// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/inspector/inspectorfacts.h"

#include <QPointer>
#include <QWidget>

class QLabel;
class QPushButton;
class QToolButton;
class QVBoxLayout;

namespace heapatlas {

class Document;
class BoxSection;
class InspectorBytes;
class InspectorSection;
class LifeFacts;
class LifetimeBar;
class PinSection;
class SlotSection;
class RangeSection;

/// Everything about the selected block, slot, run, page or chunk.
class InspectorView : public QWidget
{
    Q_OBJECT
public:
    explicit InspectorView(QWidget* parent = nullptr);

    /// Null: nothing to show. The document is not owned and may die before the view.
    void setDocument(Document* document);
    /// What is shown now.
    [[nodiscard]] const InspectorFacts& facts() const { return m_facts; }
    void showFacts(const InspectorFacts& facts);
    /// Below the sections that are always there, above the buttons. Shows and hides itself; becomes a child.
    void addSection(InspectorSection* section);

    /// Whether the life of a selected block's slot is counted and shown, which takes a run over the whole trace.
    void setSlotLifeShown(bool shown);

Q_SIGNALS:
    void mapRequested(); ///< the selection should be shown in the map
    void sourceRequested(const heapatlas::Frame& frame);
    /// The cursor should go there: the block's birth or its last moment.
    void eventRequested(std::uint64_t event);
    void bytesPanelRequested();

protected:
    void showEvent(QShowEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();
    void dress();
    void fillRows();
    void fillStack(InspectorSection* section, CallStack& shown, const CallStack& stack, const QString& note);

    QPointer<Document> m_document;
    InspectorFacts m_facts;
    /// What the widgets of the parts were made for: while playing only texts change, and no widget is made anew.
    QString m_rowShape;
    QList<QLabel*> m_rowValues;
    CallStack m_shownAllocatedBy;
    CallStack m_shownFreedBy;
    QLabel* m_empty;
    QWidget* m_content;
    QLabel* m_title;
    QLabel* m_address;
    QToolButton* m_copy;
    InspectorSection* m_where;
    InspectorSection* m_life;
    LifetimeBar* m_lifeBar;
    QLabel* m_born;
    QLabel* m_state;
    InspectorSection* m_allocatedBy;
    InspectorSection* m_freedBy;
    InspectorBytes* m_bytes = nullptr;
    PinSection* m_pins = nullptr;
    LifeFacts* m_lifeFacts = nullptr;
    SlotSection* m_slot = nullptr;
    BoxSection* m_box = nullptr;
    RangeSection* m_range = nullptr; ///< below everything; while nothing is selected, or a range is set
    QVBoxLayout* m_moreSections;
    QList<InspectorSection*> m_addedSections;
    QPushButton* m_openSource;
    QPushButton* m_fromSite;
    QPushButton* m_goToBirth;
    QPushButton* m_goToFree;
};

} // namespace heapatlas
