// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spacetime/spacetimeheader.h"

#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"
#include "ui/widgets/choicebox.h"
#include "ui/widgets/segmentedswitch.h"
#include "ui/widgets/togglebutton.h"

#include <QFontMetrics>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QToolButton>

namespace heapatlas {

namespace {

constexpr int margin = 16;
constexpr int gap = 9;
constexpr int titleGap = 16;

QToolButton* iconButton(QWidget* parent, QStringView icon, const char* name, const QString& tip)
{
    auto* button = new QToolButton(parent);
    button->setIcon(icons::icon(icon));
    button->setIconSize({ 18, 18 });
    button->setObjectName(QLatin1String(name));
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    button->setFocusPolicy(Qt::TabFocus);
    button->setFixedSize(fonts::scaled(30), fonts::scaled(28));
    return button;
}

QLabel* label(QWidget* parent, const char* name, const QString& text)
{
    auto* made = new QLabel(text, parent);
    made->setObjectName(QLatin1String(name));
    made->setProperty("role", QStringLiteral("secondary"));
    return made;
}

} // namespace

SpacetimeHeader::SpacetimeHeader(QWidget* parent)
    : QWidget(parent)
    , m_subtitle(label(this, "spacetimeSubtitle", tr("every block, from birth to free")))
    , m_filter(new QToolButton(this))
    , m_axisLabel(label(this, "spacetimeAxisLabel", tr("Time axis")))
    , m_axis(new SegmentedSwitch({ tr("Events"), tr("Seconds"), tr("Bytes") }, this))
    , m_colourLabel(label(this, "spacetimeColourLabel", tr("Colour by")))
    , m_colour(new ChoiceBox(this))
    , m_leaks(new ToggleButton(tr("Leaks"), this))
    , m_full(iconButton(this, u"fit", "spacetimeFullScreen", tr("Full screen (F11)")))
    , m_more(iconButton(this, u"more", "spacetimeMore", tr("More")))
{
    setObjectName(QStringLiteral("spacetimeHeader"));
    m_axis->setObjectName(QStringLiteral("spacetimeAxis"));
    m_axis->setAccessibleName(tr("Time axis"));
    m_axis->setToolTips({ tr("One step for each event"), tr("As the clock went while recording"),
        tr("One step for each byte that was asked for") });
    m_colour->setObjectName(QStringLiteral("spacetimeColour"));
    m_colour->setAccessibleName(tr("Colour by"));
    m_colour->addItems({ tr("Size class"), tr("Occupancy") });
    m_leaks->setObjectName(QStringLiteral("spacetimeLeaks"));
    m_leaks->setEnabled(false);
    m_leaks->setToolTip(tr("The leak analysis is not built yet"));
    m_filter->setObjectName(QStringLiteral("spacetimeFilter"));
    m_filter->setIcon(icons::icon(u"close"));
    m_filter->setLayoutDirection(Qt::RightToLeft); // the cross stands behind the words
    m_filter->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_filter->setFocusPolicy(Qt::TabFocus);
    m_filter->setToolTip(tr("Remove the filter (Esc)"));
    m_filter->setAccessibleName(tr("Remove the filter"));
    m_filter->hide();
    m_more->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(m_more);
    m_more->setMenu(menu);
    connect(menu, &QMenu::aboutToShow, this, &SpacetimeHeader::fillMenu);
    connect(m_filter, &QToolButton::clicked, this, &SpacetimeHeader::filterCleared);
    connect(m_full, &QToolButton::clicked, this, &SpacetimeHeader::fullScreenRequested);
    setFixedHeight(fonts::scaled(44));
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
    setTabOrder(m_filter, m_axis);
    setTabOrder(m_axis, m_colour);
    setTabOrder(m_colour, m_full);
}

void SpacetimeHeader::setFilter(const std::optional<BoxFilter>& filter)
{
    if (filter) {
        m_filter->setText(tr("%1 × %2").arg(
            wording::events(filter->events.size()), wording::size(filter->addresses.size())));
    }
    m_filter->setVisible(filter.has_value());
    arrange();
}

void SpacetimeHeader::fillMenu()
{
    QMenu* menu = m_more->menu();
    menu->clear();
    if (m_axis->isHidden()) {
        const QStringList names { tr("Events"), tr("Seconds"), tr("Bytes") };
        for (int i = 0; i < static_cast<int>(names.size()); ++i) {
            QAction* action = menu->addAction(tr("Time axis: %1").arg(names.at(i)), this, [this, i] {
                m_axis->setCurrent(i);
                Q_EMIT m_axis->chosen(i);
            });
            action->setCheckable(true);
            action->setChecked(m_axis->current() == i);
        }
        menu->addSeparator();
    }
    if (m_colour->isHidden()) {
        for (int i = 0; i < m_colour->count(); ++i) {
            QAction* action = menu->addAction(tr("Colour by: %1").arg(m_colour->itemText(i)), this,
                [this, i] { m_colour->setCurrentIndex(i); });
            action->setCheckable(true);
            action->setChecked(m_colour->currentIndex() == i);
        }
        menu->addSeparator();
    }
    if (m_leaks->isHidden())
        menu->addAction(tr("Leaks"))->setEnabled(false);
    if (m_full->isHidden())
        menu->addAction(icons::icon(u"fit"), tr("Full screen"), this, &SpacetimeHeader::fullScreenRequested);
}

void SpacetimeHeader::arrange()
{
    const int left = margin + QFontMetrics(fonts::viewTitle()).horizontalAdvance(tr("Space–time")) + titleGap;
    // A control with its label; the last ones fold first.
    const std::vector<std::pair<QLabel*, QWidget*>> controls { { m_axisLabel, m_axis },
        { m_colourLabel, m_colour }, { nullptr, m_leaks }, { nullptr, m_full } };
    const auto wideOf = [this](const std::pair<QLabel*, QWidget*>& control) {
        const int own = control.second == m_full ? m_full->width() : control.second->sizeHint().width();
        return own + (control.first == nullptr ? 0 : control.first->sizeHint().width() + gap);
    };
    const bool hasFilter = !m_filter->isHidden();
    const int chip = hasFilter ? m_filter->sizeHint().width() + gap : 0;
    std::size_t shown = controls.size();
    for (; shown > 0; --shown) {
        int needed = left + chip + margin;
        for (std::size_t i = 0; i < shown; ++i)
            needed += wideOf(controls[i]) + gap;
        if (shown < controls.size())
            needed += m_more->width() + gap;
        if (needed <= width())
            break;
    }
    m_more->setVisible(shown < controls.size());
    int right = width() - margin + 6;
    const auto place = [&right, this](QWidget* widget, int wide, int high) {
        right -= wide;
        widget->setGeometry(right, (height() - 1 - high) / 2, wide, high);
        right -= gap;
    };
    if (!m_more->isHidden())
        place(m_more, m_more->width(), m_more->height());
    for (std::size_t i = controls.size(); i-- > 0;) {
        const auto& [caption, control] = controls[i];
        control->setVisible(i < shown);
        if (caption != nullptr)
            caption->setVisible(i < shown);
        if (i >= shown)
            continue;
        const bool isFull = control == m_full;
        place(control, isFull ? m_full->width() : control->sizeHint().width(),
            isFull ? m_full->height() : control->sizeHint().height());
        if (caption != nullptr)
            place(caption, caption->sizeHint().width(), caption->sizeHint().height());
    }
    int at = left;
    if (hasFilter) {
        m_filter->setGeometry(at, (height() - 1 - m_filter->sizeHint().height()) / 2,
            m_filter->sizeHint().width(), m_filter->sizeHint().height());
        at += chip;
    }
    const QSize words = m_subtitle->sizeHint();
    m_subtitle->setVisible(at + words.width() <= right);
    m_subtitle->setGeometry(at, (height() - 1 - words.height()) / 2, words.width(), words.height());
}

void SpacetimeHeader::resizeEvent(QResizeEvent*) { arrange(); }

void SpacetimeHeader::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), theme.panel);
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.line);
    painter.setFont(fonts::viewTitle());
    painter.setPen(theme.text);
    painter.drawText(
        QRect(margin, 0, width(), height() - 1), Qt::AlignVCenter | Qt::AlignLeft, tr("Space–time"));
}

} // namespace heapatlas
