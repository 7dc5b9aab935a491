// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/accessiblecanvas.h"

#include <QAccessibleWidget>
#include <QHash>
#include <QWidget>

#include <utility>
#include <vector>

namespace heapatlas {

namespace {

struct Registered
{
    CanvasItems* items = nullptr;
    QAccessible::Role role = QAccessible::List;
};

/// Canvases alive. GUI thread only, as all of QAccessible.
QHash<const QObject*, Registered>& registry()
{
    static QHash<const QObject*, Registered> all;
    return all;
}

class CanvasInterface;

/// One painted item.
class ItemInterface : public QAccessibleInterface, public QAccessibleActionInterface
{
public:
    ItemInterface(CanvasInterface* canvas, int index)
        : m_canvas(canvas)
        , m_index(index)
    {
    }

    [[nodiscard]] int index() const { return m_index; }

    bool isValid() const override;
    QObject* object() const override { return nullptr; }
    QWindow* window() const override;
    QAccessibleInterface* parent() const override;
    QAccessibleInterface* child(int) const override { return nullptr; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    QString text(QAccessible::Text kind) const override;
    void setText(QAccessible::Text, const QString&) override { }
    QRect rect() const override;
    QAccessible::Role role() const override;
    QAccessible::State state() const override;
    void* interface_cast(QAccessible::InterfaceType type) override
    {
        return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface*>(this)
                                                    : nullptr;
    }

    QStringList actionNames() const override;
    void doAction(const QString& action) override;
    QStringList keyBindingsForAction(const QString&) const override { return {}; }

private:
    [[nodiscard]] CanvasItems* items() const; ///< null: gone, or this item is

    CanvasInterface* m_canvas;
    int m_index;
};

/// The canvas: its items are its children; what it shows is not looked for below it.
class CanvasInterface : public QAccessibleWidget
{
public:
    CanvasInterface(QWidget* widget, QAccessible::Role role)
        : QAccessibleWidget(widget, role)
    {
    }
    ~CanvasInterface() override { forget(); }

    [[nodiscard]] CanvasItems* items() const
    {
        return object() == nullptr ? nullptr : registry().value(object()).items;
    }
    [[nodiscard]] QPoint toScreen(QPoint point) const
    {
        return widget() == nullptr ? point : widget()->mapToGlobal(point);
    }
    [[nodiscard]] bool canTakeFocus() const
    {
        return widget() != nullptr && widget()->focusPolicy() != Qt::NoFocus;
    }
    [[nodiscard]] bool isFocused() const { return widget() != nullptr && widget()->hasFocus(); }
    void takeFocus() const
    {
        if (widget() != nullptr)
            widget()->setFocus(Qt::OtherFocusReason);
    }
    void forget()
    {
        for (const QAccessible::Id id : m_children)
            QAccessible::deleteAccessibleInterface(id);
        m_children.clear();
    }

    int childCount() const override
    {
        const CanvasItems* all = items();
        return all == nullptr ? 0 : all->count();
    }
    QAccessibleInterface* child(int index) const override
    {
        if (index < 0 || index >= childCount())
            return nullptr;
        const auto at = static_cast<std::size_t>(index);
        while (m_children.size() <= at) {
            auto* made = new ItemInterface(
                const_cast<CanvasInterface*>(this), static_cast<int>(m_children.size())); // NOLINT
            m_children.push_back(QAccessible::registerAccessibleInterface(made)); // owned by Qt's cache
        }
        return QAccessible::accessibleInterface(m_children[at]);
    }
    QAccessibleInterface* childAt(int x, int y) const override
    {
        const CanvasItems* all = items();
        // The last painted lies on top.
        for (int i = all == nullptr ? -1 : all->count() - 1; i >= 0; --i) {
            if (all->rect(i).translated(toScreen({ 0, 0 })).contains(x, y))
                return child(i);
        }
        return nullptr;
    }
    int indexOfChild(const QAccessibleInterface* wanted) const override
    {
        const int count = childCount();
        for (std::size_t i = 0; i < m_children.size() && static_cast<int>(i) < count; ++i) {
            if (QAccessible::accessibleInterface(m_children[i]) == wanted)
                return static_cast<int>(i);
        }
        return -1;
    }
    QAccessibleInterface* focusChild() const override
    {
        const CanvasItems* all = items();
        if (all == nullptr || !isFocused())
            return nullptr;
        for (int i = 0; i < all->count(); ++i) {
            if (all->hasFocus(i))
                return child(i);
        }
        return QAccessible::queryAccessibleInterface(object());
    }

private:
    mutable std::vector<QAccessible::Id> m_children;
};

CanvasItems* ItemInterface::items() const
{
    CanvasItems* all = m_canvas->items();
    return all != nullptr && m_index < all->count() ? all : nullptr;
}

bool ItemInterface::isValid() const { return items() != nullptr; }

QWindow* ItemInterface::window() const { return m_canvas->window(); }

QAccessibleInterface* ItemInterface::parent() const { return m_canvas; }

QString ItemInterface::text(QAccessible::Text kind) const
{
    const CanvasItems* all = items();
    return all != nullptr && kind == QAccessible::Name ? all->name(m_index) : QString();
}

QRect ItemInterface::rect() const
{
    const CanvasItems* all = items();
    return all == nullptr ? QRect() : all->rect(m_index).translated(m_canvas->toScreen({ 0, 0 }));
}

QAccessible::Role ItemInterface::role() const
{
    const CanvasItems* all = items();
    return all == nullptr ? QAccessible::NoRole : all->role(m_index);
}

QAccessible::State ItemInterface::state() const
{
    QAccessible::State state = m_canvas->state();
    const CanvasItems* all = items();
    state.focused = 0;
    if (all == nullptr) {
        state.invalid = 1;
        return state;
    }
    state.selectable = 1;
    state.selected = all->isSelected(m_index) ? 1 : 0;
    state.focusable = m_canvas->canTakeFocus() ? 1 : 0;
    state.focused = m_canvas->isFocused() && all->hasFocus(m_index) ? 1 : 0;
    return state;
}

QStringList ItemInterface::actionNames() const
{
    const CanvasItems* all = items();
    if (all == nullptr)
        return {};
    QStringList names { pressAction(), setFocusAction() };
    if (all->isAdjustable(m_index))
        names << increaseAction() << decreaseAction();
    return names;
}

void ItemInterface::doAction(const QString& action)
{
    CanvasItems* all = items();
    if (all == nullptr)
        return;
    if (action == pressAction()) {
        all->press(m_index);
    } else if (action == setFocusAction()) {
        m_canvas->takeFocus();
        all->focus(m_index);
    } else if (action == increaseAction() && all->isAdjustable(m_index)) {
        all->adjust(m_index, 1);
    } else if (action == decreaseAction() && all->isAdjustable(m_index)) {
        all->adjust(m_index, -1);
    }
}

QAccessibleInterface* makeInterface(const QString&, QObject* object)
{
    const auto it = registry().constFind(object);
    return it == registry().constEnd() ? nullptr
                                       : new CanvasInterface(static_cast<QWidget*>(object), it->role);
}

} // namespace

CanvasItems::~CanvasItems()
{
    for (Registered& entry : registry()) {
        if (entry.items == this)
            entry.items = nullptr;
    }
}

QAccessible::Role CanvasItems::role(int) const { return QAccessible::ListItem; }
bool CanvasItems::isSelected(int) const { return false; }
bool CanvasItems::hasFocus(int) const { return false; }
void CanvasItems::focus(int) { }
bool CanvasItems::isAdjustable(int) const { return false; }
void CanvasItems::adjust(int, int) { }

AccessibleCanvas::AccessibleCanvas(QWidget* canvas, CanvasItems* items, QAccessible::Role role)
    : QObject(canvas)
    , m_canvas(canvas)
{
    static const bool isInstalled = (QAccessible::installFactory(makeInterface), true);
    Q_UNUSED(isInstalled)
    registry().insert(canvas, { items, role });
    m_later.setSingleShot(true);
    connect(&m_later, &QTimer::timeout, this, &AccessibleCanvas::say);
}

AccessibleCanvas::~AccessibleCanvas() { registry().remove(m_canvas); }

void AccessibleCanvas::itemsChanged()
{
    if (!QAccessible::isActive())
        return; // nobody has asked for an item yet
    QAccessibleEvent event(m_canvas, QAccessible::ObjectReorder);
    QAccessible::updateAccessibility(&event);
}

void AccessibleCanvas::focusMoved(int item)
{
    if (!QAccessible::isActive() || !m_canvas->hasFocus())
        return;
    QAccessibleEvent event(m_canvas, QAccessible::Focus);
    event.setChild(item);
    QAccessible::updateAccessibility(&event);
}

void AccessibleCanvas::selectionMoved(int item)
{
    if (!QAccessible::isActive())
        return;
    QAccessibleEvent event(m_canvas, QAccessible::Selection);
    event.setChild(item);
    QAccessible::updateAccessibility(&event);
}

void AccessibleCanvas::announce(int item)
{
    m_wanted = item;
    if (m_later.isActive())
        return;
    const qint64 since = m_said.isValid() ? m_said.elapsed() : quietMs;
    if (since >= quietMs)
        say();
    else
        m_later.start(static_cast<int>(quietMs - since));
}

void AccessibleCanvas::say()
{
    if (m_wanted < 0)
        return;
    const int item = std::exchange(m_wanted, -1);
    m_said.start();
    Q_EMIT announced(item);
    if (!QAccessible::isActive())
        return;
    QAccessibleEvent event(m_canvas, QAccessible::NameChanged);
    event.setChild(item);
    QAccessible::updateAccessibility(&event);
}

} // namespace heapatlas
