// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/inspector/inspectorsection.h"

#include <QPointer>

class QLabel;
class QPushButton;

namespace heapatlas {

class Document;
class LifeFacts;

/// "In the box": how many blocks lived in the document's filter, and whose they were. Hides itself without a filter.
class BoxSection : public InspectorSection
{
    Q_OBJECT
public:
    static constexpr int maxSites = 6;

    BoxSection(LifeFacts* facts, QWidget* parent = nullptr);

    void setDocument(Document* document);
    void dress() override;

private:
    void refresh();

    LifeFacts* m_facts;
    QPointer<Document> m_document;
    QLabel* m_where;
    QLabel* m_counts;
    QLabel* m_sites;
    QPushButton* m_clear;
};

} // namespace heapatlas
