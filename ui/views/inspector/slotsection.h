// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/inspector/inspectorsection.h"

#include <QPointer>

class QLabel;
class QPushButton;

namespace heapatlas {

class Document;
class LifeFacts;
class LifetimeHistogram;
class SlotStrip;

/// "Life of this slot": who owned the place of the selected block, and how long blocks live in its run. Counted only
/// while setWanted(true), since it takes a run over the whole trace; hides itself otherwise.
class SlotSection : public InspectorSection
{
    Q_OBJECT
public:
    SlotSection(LifeFacts* facts, QWidget* parent = nullptr);

    void setDocument(Document* document);
    void setWanted(bool wanted);
    void dress() override;

Q_SIGNALS:
    void mapRequested(); ///< the selection should be shown in the map

private:
    void refresh();

    LifeFacts* m_facts;
    QPointer<Document> m_document;
    bool m_isWanted = false;
    SlotStrip* m_strip;
    QLabel* m_owners;
    QLabel* m_survived;
    QLabel* m_longTitle;
    LifetimeHistogram* m_histogram;
    QPushButton* m_toMap;
};

} // namespace heapatlas
