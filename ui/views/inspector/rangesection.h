// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/rangewording.h"
#include "ui/views/inspector/inspectorsection.h"

#include <QList>
#include <QPointer>

class QGridLayout;
class QLabel;

namespace heapatlas {

class Document;

/// What happened over the events: the whole run, and the range beside it when one is set.
class RangeSection : public InspectorSection
{
    Q_OBJECT
public:
    explicit RangeSection(QWidget* parent);

    /// Not owned; may be null.
    void setDocument(Document* document);
    [[nodiscard]] const QList<wording::RangeRow>& rows() const { return m_rows; }
    void dress() override;

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh();
    void rebuild();

    QPointer<Document> m_document;
    QList<wording::RangeRow> m_rows;
    QGridLayout* m_grid;
    QLabel* m_wholeTitle;
    QLabel* m_rangeTitle;
    QList<QLabel*> m_names;
    QList<QLabel*> m_wholes;
    QList<QLabel*> m_ranges;
};

} // namespace heapatlas
