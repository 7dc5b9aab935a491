// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapbytes.h"

#include <QPointer>
#include <QWidget>

class QLabel;
class QPushButton;
class QScrollBar;
class QStackedWidget;
class QTableView;

namespace heapatlas {

class BytesHeader;
class DecodedModel;
class Document;
class HexGrid;

/// The bytes of the selection: hex and characters, decoded beside it. objectName "bytesPanel". Asks the document for no
/// more than what is seen, and only while it is seen.
class BytesPanel : public QWidget
{
    Q_OBJECT
public:
    static constexpr int usualHeight = 178;
    /// From this width of the window on a row has 32 bytes, else 16.
    static constexpr int wideFrom = 1280;

    explicit BytesPanel(QWidget* parent = nullptr);

    /// Null: nothing to show. Not owned; may die before the panel.
    void setDocument(Document* document);
    /// The line above the bytes: a dock takes it as its title bar.
    [[nodiscard]] QWidget* header() const;
    [[nodiscard]] HexGrid* grid() const { return m_grid; }
    [[nodiscard]] QTableView* table() const { return m_table; }
    [[nodiscard]] bool isDecoded() const { return m_isDecoded; }
    void setDecoded(bool isDecoded);
    /// What it says where there is nothing to show; empty while bytes are shown.
    [[nodiscard]] QString message() const;
    [[nodiscard]] QSize sizeHint() const override { return { 800, usualHeight }; }

Q_SIGNALS:
    void addressRequested(heapatlas::Address address); ///< a pointer was followed
    void recordRequested(); ///< with contents
    void closeRequested();
    void decodedChanged(bool isDecoded);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void dress();
    void refresh(); ///< selection or snapshot changed
    void takeBytes();
    void askForBytes();
    void arrange();
    void showMessage(const QString& text, bool offersRecording);
    void updateScrollBar();

    QPointer<Document> m_document;
    BytesHeader* m_header;
    QStackedWidget* m_pages;
    HexGrid* m_grid;
    QScrollBar* m_scrollBar;
    QTableView* m_table;
    DecodedModel* m_model;
    QWidget* m_note;
    QLabel* m_noteText;
    QPushButton* m_noteButton;
    QLabel* m_message;
    QPushButton* m_messageButton;
    AddressRange m_whole;
    bool m_isDecoded = true;
    bool m_hasRoomForTable = true;
    unsigned m_scrollShift = 0; ///< rows of more than an int counts share a step
};

} // namespace heapatlas
