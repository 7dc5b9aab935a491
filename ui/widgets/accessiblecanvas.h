// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAccessible>
#include <QElapsedTimer>
#include <QObject>
#include <QRect>
#include <QString>
#include <QTimer>

class QWidget;

namespace heapatlas {

/// What a canvas that paints its items itself tells screen readers and scripts about those that can be seen: a few
/// hundred at most. Items are named by their index, which holds until AccessibleCanvas::itemsChanged().
class CanvasItems
{
public:
    virtual ~CanvasItems(); ///< assistive tools see no items from here on

    [[nodiscard]] virtual int count() const = 0;
    [[nodiscard]] virtual QString name(int item) const = 0; ///< reads as the tooltip does, values included
    [[nodiscard]] virtual QRect rect(int item) const = 0; ///< in the canvas
    virtual void press(int item) = 0; ///< what a click does

    [[nodiscard]] virtual QAccessible::Role role(int item) const;
    [[nodiscard]] virtual bool isSelected(int item) const;
    [[nodiscard]] virtual bool hasFocus(int item) const; ///< of the item that keys act on
    virtual void focus(int item); ///< makes keys act on it
    /// Whether increase and decrease do something, and what: `steps` is 1 or −1.
    [[nodiscard]] virtual bool isAdjustable(int item) const;
    virtual void adjust(int item, int steps);

protected:
    CanvasItems() = default;
    CanvasItems(const CanvasItems&) = default;
    CanvasItems& operator=(const CanvasItems&) = default;
};

/// Makes the items of a canvas its accessible children, and tells what happens to them. To be made in the first line of
/// the canvas's constructor: whoever asked for its accessible interface before got the plain one.
class AccessibleCanvas : public QObject
{
    Q_OBJECT
public:
    /// `items` is not owned; it may be a base or a member of the canvas itself.
    AccessibleCanvas(QWidget* canvas, CanvasItems* items, QAccessible::Role role = QAccessible::List);
    ~AccessibleCanvas() override;

    /// Other items, or another number of them: what was known of indices is void.
    void itemsChanged();
    /// Keys act on this item now.
    void focusMoved(int item);
    /// The selected item changed.
    void selectionMoved(int item);
    /// Says that an item's name is new: at once if the last time is a second ago, else when it is, and then
    /// only the newest.
    void announce(int item);

    static constexpr int quietMs = 1000; ///< between two announcements

Q_SIGNALS:
    void announced(int item); ///< whether or not somebody listens

private:
    void say();

    QWidget* m_canvas;
    QTimer m_later;
    QElapsedTimer m_said;
    int m_wanted = -1;
};

} // namespace heapatlas
