// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/map/mapheader.h"

#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"
#include "ui/widgets/barbutton.h"
#include "ui/widgets/breadcrumb.h"
#include "ui/widgets/segmentedswitch.h"
#include "ui/widgets/togglebutton.h"

#include <QAction>
#include <QActionGroup>
#include <QFontMetrics>
#include <QMenu>
#include <QPainter>
#include <QToolButton>

#include <vector>

namespace heapatlas {

namespace {

constexpr int margin = 16;
constexpr int gap = 9;
constexpr int titleGap = 20;

QToolButton* iconButton(QWidget* parent, QStringView icon, const QString& name, const QString& tip)
{
    auto* button = new QToolButton(parent);
    button->setIcon(icons::icon(icon));
    button->setIconSize({ 18, 18 });
    button->setObjectName(name);
    button->setToolTip(tip);
    button->setFocusPolicy(Qt::TabFocus);
    button->setFixedSize(fonts::scaled(30), fonts::scaled(28));
    return button;
}

int titleWidth(const QString& title) { return QFontMetrics(fonts::viewTitle()).horizontalAdvance(title); }

} // namespace

MapHeader::MapHeader(QWidget* parent)
    : QWidget(parent)
    , m_breadcrumb(new Breadcrumb(this))
    , m_levels(new SegmentedSwitch({ tr("Heap"), tr("Chunk"), tr("Page"), tr("Slot"), tr("Bytes") }, this))
    , m_color(new BarButton(
          QStringLiteral("mapColoring"), tr("Size class"), tr("Colour by"), BarButton::Edge::Framed, this))
    , m_colorMenu(new QMenu(this))
    , m_slack(new ToggleButton(tr("Slack"), this))
    , m_overlay(new BarButton(QStringLiteral("mapOverlays"), tr("Overlays"),
          tr("What is drawn over the blocks"), BarButton::Edge::Framed, this))
    , m_overlayMenu(new QMenu(this))
    , m_fit(iconButton(this, u"fit", QStringLiteral("mapFit"), tr("Fit (0)")))
    , m_more(iconButton(this, u"more", QStringLiteral("mapMore"), tr("More")))
{
    setObjectName(QStringLiteral("mapHeader"));
    m_breadcrumb->setObjectName(QStringLiteral("mapBreadcrumb"));
    m_breadcrumb->setAccessibleName(tr("Place"));
    m_levels->setObjectName(QStringLiteral("mapLevels"));
    m_levels->setAccessibleName(tr("Level"));
    m_levels->setToolTips({ tr("Every page one colour"), tr("A chunk of 2 MB: slots as byte ranges"),
        tr("Pages with slack and numbers"), tr("Pages with captions and sizes"),
        tr("Every byte, in hexadecimal") });
    m_slack->setObjectName(QStringLiteral("mapSlack"));
    m_slack->setToolTip(tr("Show the bytes at the end of a block that nobody asked for (S)"));
    m_fit->setAccessibleName(tr("Fit"));
    m_more->setAccessibleName(tr("More"));
    m_more->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(m_more);
    m_more->setMenu(menu);
    connect(menu, &QMenu::aboutToShow, this, &MapHeader::fillMenu);
    buildMenus();
    setFixedHeight(fonts::scaled(44));
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
    setTabOrder(m_breadcrumb, m_levels);
    setTabOrder(m_levels, m_color);
    setTabOrder(m_color, m_slack);
    setTabOrder(m_slack, m_overlay);
    setTabOrder(m_overlay, m_fit);
}

void MapHeader::buildMenus()
{
    auto* ways = new QActionGroup(this);
    const std::initializer_list<std::pair<QString, QString>> names {
        { tr("Size class"), tr("Small slots by size, large runs and huge blocks apart") },
        { tr("Age"), tr("How many events ago a block was allocated") },
        { tr("Call site"), tr("Which function asked for a block") },
        { tr("Occupancy"), tr("How much of a run is in use") },
        { tr("Change since checkpoint"), tr("Blocks allocated since the last checkpoint before the cursor") },
    };
    for (const auto& [name, tip] : names) {
        QAction* action = m_colorMenu->addAction(name);
        action->setToolTip(tip);
        action->setCheckable(true);
        ways->addAction(action);
        const auto way = static_cast<MapColoring>(m_colorings.size());
        m_colorings << action;
        connect(action, &QAction::triggered, this, [this, way] {
            setColoring(way);
            Q_EMIT coloringChosen(way);
        });
    }
    m_colorings.front()->setChecked(true);
    m_colorMenu->setToolTipsVisible(true);
    m_color->setDropDown(m_colorMenu, false);
    m_color->setAccessibleName(tr("Colour by"));

    const auto overlay = [this](const QString& name, const QString& tip) {
        QAction* action = m_overlayMenu->addAction(name);
        action->setToolTip(tip);
        action->setCheckable(true);
        connect(action, &QAction::triggered, this, [this] { Q_EMIT overlaysChosen(checkedOverlays()); });
        return action;
    };
    m_justFreed = overlay(
        tr("Just freed"), tr("Hatches what a block gave up in the last 9 000 events and nobody took since"));
    m_freeLists = overlay(tr("Free list order"),
        tr("Links the free slots of each class in the order in which they are handed out"));
    m_pins = overlay(
        tr("Pins"), tr("Outlines chunks and runs that are more than half free and cannot be given back"));
    m_overlayMenu->setToolTipsVisible(true);
    m_overlay->setDropDown(m_overlayMenu, false);
}

void MapHeader::setColoring(MapColoring way)
{
    QAction* action = m_colorings.at(static_cast<int>(way));
    action->setChecked(true);
    m_color->setText(action->text());
    m_color->setAccessibleName(tr("Colour by: %1").arg(action->text()));
    arrange();
}

void MapHeader::setOverlays(const MapOverlayChoice& choice)
{
    m_justFreed->setChecked(choice.hasJustFreed);
    m_freeLists->setChecked(choice.hasFreeLists);
    m_pins->setChecked(choice.hasPins);
}

MapOverlayChoice MapHeader::checkedOverlays() const
{
    MapOverlayChoice choice;
    choice.hasJustFreed = m_justFreed->isChecked();
    choice.hasFreeLists = m_freeLists->isChecked();
    choice.hasPins = m_pins->isChecked();
    return choice;
}

void MapHeader::fillMenu()
{
    QMenu* menu = m_more->menu();
    menu->clear();
    if (m_levels->isHidden()) {
        const QStringList names { tr("Heap"), tr("Chunk"), tr("Page"), tr("Slot"), tr("Bytes") };
        for (int i = 0; i < static_cast<int>(names.size()); ++i) {
            QAction* action = menu->addAction(names.at(i), this, [this, i] {
                m_levels->setCurrent(i);
                Q_EMIT m_levels->chosen(i);
            });
            action->setCheckable(true);
            action->setChecked(m_levels->current() == i);
        }
        menu->addSeparator();
    }
    if (m_slack->isHidden()) {
        QAction* action = menu->addAction(tr("Slack"), m_slack, &ToggleButton::click);
        action->setCheckable(true);
        action->setChecked(m_slack->isChecked());
    }
    for (const auto& [button, inner] :
        { std::pair(m_color, m_colorMenu), std::pair(m_overlay, m_overlayMenu) }) {
        if (!button->isHidden())
            continue;
        QMenu* sub = menu->addMenu(button == m_color ? tr("Colour by") : tr("Overlays"));
        sub->addActions(inner->actions());
    }
    if (m_fit->isHidden())
        menu->addAction(icons::icon(u"fit"), tr("Fit"), m_fit, &QToolButton::click);
}

void MapHeader::arrange()
{
    const int left = margin + titleWidth(tr("Map")) + titleGap;
    const int crumb = m_breadcrumb->minimumSizeHint().width();
    // Right to left: fit folds first, then the overlays, slack, the colours, the switch.
    const std::vector<QWidget*> controls { m_levels, m_color, m_slack, m_overlay, m_fit };
    const auto widthOf = [](QWidget* w) { return w->sizeHint().width(); };
    std::size_t shown = controls.size();
    for (; shown > 0; --shown) {
        int needed = left + crumb + margin;
        for (std::size_t i = 0; i < shown; ++i)
            needed += widthOf(controls[i]) + gap;
        if (shown < controls.size())
            needed += m_more->width() + gap;
        if (needed <= width())
            break;
    }
    m_more->setVisible(shown < controls.size());
    int right = width() - margin + 6;
    const auto place = [&right, this](QWidget* w, int wide, int high) {
        right -= wide;
        w->setGeometry(right, (height() - 1 - high) / 2, wide, high);
        right -= gap;
    };
    if (!m_more->isHidden())
        place(m_more, m_more->width(), m_more->height());
    for (std::size_t i = controls.size(); i-- > 0;) {
        QWidget* control = controls[i];
        control->setVisible(i < shown);
        if (i >= shown)
            continue;
        const bool isFit = control == m_fit;
        place(control, isFit ? m_fit->width() : widthOf(control),
            isFit ? m_fit->height() : control->sizeHint().height());
    }
    const int high = m_breadcrumb->sizeHint().height();
    m_breadcrumb->setGeometry(left, (height() - 1 - high) / 2, std::max(0, right - left - gap), high);
}

void MapHeader::resizeEvent(QResizeEvent*) { arrange(); }

void MapHeader::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), theme.panel);
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.line);
    painter.setFont(fonts::viewTitle());
    painter.setPen(theme.text);
    painter.drawText(QRect(margin, 0, width(), height() - 1), Qt::AlignVCenter | Qt::AlignLeft, tr("Map"));
}

} // namespace heapatlas
