// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/inspector/inspectorsection.h"

#include <QPointer>

class QLabel;
class QPushButton;

namespace heapatlas {

class Document;
class HexGrid;

/// The first bytes of the selection, tinted by field: "Bytes as zend_string". Without any it says so in a line.
class InspectorBytes : public InspectorSection
{
    Q_OBJECT
public:
    static constexpr int shownBytes = 56; ///< in rows of 8

    explicit InspectorBytes(QWidget* parent);

    void setDocument(Document* document);
    [[nodiscard]] HexGrid* grid() const { return m_grid; }
    [[nodiscard]] QString note() const; ///< in place of bytes; empty while there are some
    void dress() override;

Q_SIGNALS:
    void panelRequested();

private:
    void refresh();
    void takeBytes();

    QPointer<Document> m_document;
    HexGrid* m_grid;
    QLabel* m_names;
    QLabel* m_note;
    QPushButton* m_open;
};

} // namespace heapatlas
