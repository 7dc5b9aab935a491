// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapbytes.h"

#include <QWidget>

#include <cstdint>
#include <memory>
#include <utility>

class QMenu;

namespace heapatlas {

class AccessibleCanvas;
class HoverTip;

/// Rows of bytes: offset, hex pairs tinted by field, characters. What is not known is a pair of faint dots. Arrow keys
/// move the current byte, Enter follows a pointer. Shows any HeapBytes; knows nothing of documents.
class HexGrid : public QWidget
{
    Q_OBJECT
public:
    explicit HexGrid(QWidget* parent = nullptr);
    ~HexGrid() override;

    /// `whole` is what can be scrolled through; offsets count from its begin. `bytes` are known of some of it.
    void setBytes(HeapBytesPtr bytes, AddressRange whole);
    [[nodiscard]] const HeapBytesPtr& bytes() const { return m_bytes; }
    [[nodiscard]] AddressRange whole() const { return m_whole; }
    void setRowBytes(int count);
    [[nodiscard]] int rowBytes() const { return m_rowBytes; }
    void setTinted(bool isTinted);
    /// Outlines the field that covers the address; null: none.
    void setHighlight(Address address);
    [[nodiscard]] Address highlight() const { return m_highlight; }
    /// The current byte; null: none. Does not scroll.
    void setCurrent(Address address);
    [[nodiscard]] Address current() const { return m_current; }
    void reveal(Address address);
    void setFirstRow(std::uint64_t row);
    [[nodiscard]] std::uint64_t firstRow() const { return m_firstRow; }
    [[nodiscard]] std::uint64_t rowCount() const;
    [[nodiscard]] std::uint64_t lastFirstRow() const;
    [[nodiscard]] int visibleRows() const;
    [[nodiscard]] AddressRange visibleRange() const;

    [[nodiscard]] int rowHeight() const;
    /// What rows of that many bytes need, margins included.
    [[nodiscard]] int widthFor(int rowBytes) const;
    [[nodiscard]] QRect byteRect(Address address) const; ///< of the hex pair
    [[nodiscard]] Address addressAt(QPoint point) const; ///< null where there is no byte
    [[nodiscard]] QSize sizeHint() const override;
    /// Copies of the current field, or of everything there is.
    void addCopyActions(QMenu* menu);

Q_SIGNALS:
    void hovered(heapatlas::Address address); ///< null: left
    void currentChanged(heapatlas::Address address); ///< by the user
    void pointerFollowed(heapatlas::Address target);
    void scrolled();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    struct Measures
    {
        double charW = 7;
        double pairW = 18;
        double groupGap = 6;
        double offsetW = 40;
        int offsetDigits = 3;
    };
    [[nodiscard]] Measures measures() const;
    [[nodiscard]] static double hexX(const Measures& m, int byte);
    [[nodiscard]] double textX(const Measures& m, int byte) const;
    void paintTints(QPainter& painter, const Measures& m);
    void paintRow(QPainter& painter, const Measures& m, int row);
    void outline(QPainter& painter, const Measures& m, AddressRange range, const QColor& color, double width);
    void choose(Address address);
    void follow();
    [[nodiscard]] AddressRange copyRange() const;

    [[nodiscard]] std::pair<std::size_t, std::size_t> visibleFields() const;

    class Fields;
    std::unique_ptr<Fields> m_fields; ///< those that are seen, for assistive tools
    AccessibleCanvas* m_accessible;
    HoverTip* m_tip;
    HeapBytesPtr m_bytes;
    AddressRange m_whole;
    Address m_current;
    Address m_highlight;
    std::uint64_t m_firstRow = 0;
    int m_rowBytes = 16;
    bool m_isTinted = true;
};

} // namespace heapatlas
