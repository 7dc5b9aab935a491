// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/viewrail.h"

#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"

#include <QPainter>
#include <QStandardItemModel>
#include <QStyledItemDelegate>

namespace heapatlas {

namespace {

constexpr int nameRole = Qt::UserRole;
constexpr int iconRole = Qt::UserRole + 1;

class RailDelegate : public QStyledItemDelegate
{
public:
    explicit RailDelegate(ViewRail* rail)
        : QStyledItemDelegate(rail)
        , m_rail(rail)
    {
    }

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const override
    {
        const bool isGroup = index.data(nameRole).toString().isEmpty();
        return { m_rail->width(),
            isGroup ? (m_rail->isNarrow() ? 8 : fonts::scaled(24)) : fonts::scaled(32) };
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const Theme& theme = Theme::current();
        const QRect row = option.rect;
        const QString title = index.data(Qt::DisplayRole).toString();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (index.data(nameRole).toString().isEmpty()) {
            if (!m_rail->isNarrow()) {
                painter->setFont(fonts::ui(11.5));
                painter->setPen(theme.text3);
                painter->drawText(row.adjusted(16, 0, -4, -2), Qt::AlignLeft | Qt::AlignVCenter, title);
            }
            painter->restore();
            return;
        }
        const bool isCurrent = (option.state & QStyle::State_Selected) != 0;
        const QRectF pill = QRectF(row).adjusted(8, 1, -8, -1);
        painter->setPen(Qt::NoPen);
        if (isCurrent) {
            painter->setBrush(theme.selectTint);
            painter->drawRoundedRect(pill, 6, 6);
            painter->fillRect(QRectF(row.left(), pill.top() + 4, 3, pill.height() - 8), theme.accent);
        } else if ((option.state & QStyle::State_MouseOver) != 0) {
            painter->setBrush(theme.hover);
            painter->drawRoundedRect(pill, 6, 6);
        }
        if ((option.state & QStyle::State_HasFocus) != 0 && m_rail->hasFocus()) {
            painter->setBrush(Qt::NoBrush);
            painter->setPen(QPen(theme.accent, 2));
            painter->drawRoundedRect(pill.adjusted(1, 1, -1, -1), 6, 6);
        }
        const QPixmap icon = icons::pixmap(index.data(iconRole).toString(), 18,
            isCurrent ? theme.accent : theme.text, m_rail->devicePixelRatioF());
        const int iconLeft = m_rail->isNarrow() ? row.left() + (row.width() - 18) / 2 : row.left() + 16;
        painter->drawPixmap(iconLeft, row.center().y() - 8, icon);
        if (!m_rail->isNarrow()) {
            painter->setFont(fonts::ui(13, isCurrent ? QFont::DemiBold : QFont::Normal));
            painter->setPen(theme.text);
            painter->drawText(row.adjusted(43, 0, -12, 0), Qt::AlignLeft | Qt::AlignVCenter, title);
        }
        painter->restore();
    }

private:
    ViewRail* m_rail;
};

} // namespace

ViewRail::ViewRail(QWidget* parent)
    : QListView(parent)
    , m_model(new QStandardItemModel(this))
{
    setObjectName(QStringLiteral("viewRail"));
    setAccessibleName(tr("Views"));
    setModel(m_model);
    setItemDelegate(new RailDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setEditTriggers(NoEditTriggers);
    setSelectionMode(SingleSelection);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMouseTracking(true);
    setProperty("role", QStringLiteral("rail"));
    const auto choose = [this](const QModelIndex& index) {
        if (const QString name = index.data(nameRole).toString(); !name.isEmpty())
            Q_EMIT viewChosen(name);
    };
    connect(this, &QListView::clicked, this, choose);
    connect(this, &QListView::activated, this, choose);
    const auto dress = [this] {
        setStyleSheet(QStringLiteral(
            "QListView { background: %1; border: none; border-right: 1px solid %2; padding-top: 4px; }")
                          .arg(Theme::current().window.name(), Theme::current().line.name()));
    };
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, dress);
    dress();
    applyWidth();
}

void ViewRail::addGroup(const QString& title)
{
    auto* item = new QStandardItem(title);
    item->setFlags(Qt::NoItemFlags);
    m_model->appendRow(item);
}

void ViewRail::addView(const QString& name, const QString& title, const QString& icon)
{
    auto* item = new QStandardItem(title);
    item->setData(name, nameRole);
    item->setData(icon, iconRole);
    item->setToolTip(title);
    item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
    m_model->appendRow(item);
}

QString ViewRail::currentView() const { return currentIndex().data(nameRole).toString(); }

void ViewRail::setCurrentView(const QString& name)
{
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const QModelIndex index = m_model->index(row, 0);
        if (index.data(nameRole).toString() == name)
            setCurrentIndex(index);
    }
}

void ViewRail::setNarrow(bool narrow)
{
    if (narrow == m_isNarrow)
        return;
    m_isNarrow = narrow;
    applyWidth();
}

void ViewRail::applyWidth()
{
    setFixedWidth(m_isNarrow ? narrowWidth : wideWidth);
    scheduleDelayedItemsLayout();
}

} // namespace heapatlas
