// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/timeline/transport.h"

#include "session/wording.h"
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"
#include "ui/views/timeline/playback.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

namespace heapatlas {

Transport::Transport(Playback* playback, QWidget* parent)
    : QWidget(parent)
    , m_playback(playback)
    , m_caption(new QLabel(tr("Event"), this))
    , m_event(new QLabel(this))
    , m_total(new QLabel(this))
    , m_speed(new QToolButton(this))
    , m_speedMenu(new QMenu(tr("Speed"), this))
    , m_buttons(new QWidget(this))
{
    setObjectName(QStringLiteral("transport"));
    setAccessibleName(tr("Playback"));
    setFixedWidth(blockWidth);

    auto* row = new QHBoxLayout(m_buttons);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(1);
    QToolButton* first = addButton("transportFirst", QStringLiteral("first"), tr("First event"), tr("Home"));
    QToolButton* back =
        addButton("transportBack", QStringLiteral("prev"), tr("One event back"), QStringLiteral(","));
    m_play = addButton("transportPlay", QStringLiteral("play"), tr("Play"), tr("Space"));
    QToolButton* on =
        addButton("transportNext", QStringLiteral("next"), tr("One event on"), QStringLiteral("."));
    QToolButton* last = addButton("transportLast", QStringLiteral("last"), tr("Last event"), tr("End"));
    m_play->setFixedSize(34, 28);
    for (QToolButton* button : { first, back, m_play, on, last })
        row->addWidget(button);
    connect(first, &QToolButton::clicked, m_playback, [this] {
        m_playback->pause();
        Q_EMIT m_playback->cursorRequested(0);
    });
    connect(back, &QToolButton::clicked, m_playback, [this] { m_playback->step(-1); });
    connect(m_play, &QToolButton::clicked, m_playback,
        [this] { m_playback->togglePlay(m_playback->isPlaying() && m_playback->isBackward()); });
    connect(on, &QToolButton::clicked, m_playback, [this] { m_playback->step(1); });
    connect(last, &QToolButton::clicked, m_playback, [this] {
        m_playback->pause();
        Q_EMIT m_playback->cursorRequested(m_playback->events());
    });

    m_speedMenu->setObjectName(QStringLiteral("speedMenu"));
    auto* group = new QActionGroup(this);
    for (const double speed : Playback::speeds()) {
        QAction* action = m_speedMenu->addAction(Playback::speedLabel(speed));
        action->setObjectName(QStringLiteral("speed_") + QString::number(speed));
        action->setCheckable(true);
        action->setChecked(speed == m_playback->speed());
        action->setData(speed);
        group->addAction(action);
        connect(action, &QAction::triggered, m_playback, [this, speed] { m_playback->setSpeed(speed); });
    }
    m_speedMenu->setToolTip(tr("1× is %1 events a second").arg(wording::count(1000)));
    m_speed->setObjectName(QStringLiteral("transportSpeed"));
    m_speed->setAccessibleName(tr("Speed"));
    m_speed->setToolTip(tr("Speed; 1× is %1 events a second").arg(wording::count(1000)));
    m_speed->setMenu(m_speedMenu);
    m_speed->setPopupMode(QToolButton::InstantPopup);
    m_speed->setToolButtonStyle(Qt::ToolButtonTextOnly);
    m_caption->setObjectName(QStringLiteral("transportCaption"));
    m_event->setObjectName(QStringLiteral("transportEvent"));
    m_total->setObjectName(QStringLiteral("transportTotal"));

    connect(m_playback, &Playback::stateChanged, this, &Transport::refresh);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, &Transport::dress);
    dress();
    refresh();
}

QToolButton* Transport::addButton(
    const char* name, const QString& icon, const QString& title, const QString& keys)
{
    auto* button = new QToolButton(m_buttons);
    button->setObjectName(QLatin1String(name));
    button->setAccessibleName(title);
    button->setToolTip(QStringLiteral("%1 (%2)").arg(title, keys));
    button->setIcon(icons::icon(icon));
    button->setIconSize({ 18, 18 });
    button->setFixedSize(25, 26);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

void Transport::setEvent(std::uint64_t event, std::uint64_t events)
{
    m_event->setText(wording::count(event));
    m_total->setText(tr("of %1").arg(wording::count(events)));
    setEnabled(events > 0);
    refresh();
    resizeEvent(nullptr);
}

void Transport::refresh()
{
    const bool isPlaying = m_playback->isPlaying();
    m_play->setIcon(icons::icon(isPlaying ? u"pause" : u"play", Theme::current().onAccent));
    m_play->setAccessibleName(isPlaying ? tr("Pause") : tr("Play"));
    m_play->setToolTip(isPlaying ? tr("Pause (Space)") : tr("Play (Space); backwards with Shift+Space"));
    const QString speed =
        m_playback->speed() == Playback::singleStep ? tr("step") : Playback::speedLabel(m_playback->speed());
    m_speed->setText(isPlaying && m_playback->isBackward() ? QChar(0x2190) + speed : speed);
    for (QAction* action : m_speedMenu->actions())
        action->setChecked(action->data().toDouble() == m_playback->speed());
    resizeEvent(nullptr);
}

void Transport::dress()
{
    const Theme& theme = Theme::current();
    m_play->setStyleSheet(
        QStringLiteral("QToolButton { background: %1; border: 1px solid %1; border-radius: 6px; }"
                       "QToolButton:hover { background: %2; }"
                       "QToolButton:focus { border: 2px solid %3; }"
                       "QToolButton:disabled { background: %4; border-color: %4; }")
            .arg(theme.accent.name(), Theme::mix(theme.accent, theme.text, 0.85).name(), theme.text.name(),
                theme.lineStrong.name()));
    const auto ink = [](QLabel* label, const QColor& color) {
        QPalette palette = label->palette();
        palette.setColor(QPalette::WindowText, color);
        label->setPalette(palette);
    };
    m_caption->setFont(fonts::secondary());
    m_event->setFont(fonts::ui(13, QFont::DemiBold));
    m_total->setFont(fonts::secondary());
    m_speed->setFont(fonts::ui(12, QFont::DemiBold));
    ink(m_caption, theme.text2);
    ink(m_event, theme.text);
    ink(m_total, theme.text2);
    refresh();
}

void Transport::resizeEvent(QResizeEvent*)
{
    // Three lines at 120 px; at the least height of 84 px the caption goes and the rest moves up.
    const bool isTight = height() < fonts::scaled(106);
    m_caption->setVisible(!isTight);
    const int top = isTight ? 5 : 10;
    m_buttons->setGeometry(6, top, blockWidth - 12, 28);
    int y = top + 32;
    if (!isTight) {
        m_caption->setGeometry(12, y, blockWidth - 24, fonts::scaled(16));
        y += fonts::scaled(17);
    }
    m_event->setGeometry(12, y, blockWidth - 24, fonts::scaled(18));
    y += fonts::scaled(19);
    const int speedWidth = m_speed->sizeHint().width();
    const int lineHeight = fonts::scaled(22);
    m_speed->setGeometry(blockWidth - 8 - speedWidth, y - 2, speedWidth, lineHeight);
    m_total->setGeometry(12, y, blockWidth - 24 - speedWidth, fonts::scaled(18));
}

void Transport::showEvent(QShowEvent* event)
{
    dress(); // a style sheet takes fonts and colours away again when a widget gets its final parent
    QWidget::showEvent(event);
}

void Transport::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(QRect(width() - 1, 0, 1, height()), Theme::current().line);
}

} // namespace heapatlas
