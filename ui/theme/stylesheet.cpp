// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/stylesheet.h"

#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"

#include <QHash>

namespace heapatlas {

namespace {

// @token stands for a colour, #N for N pixels at the usual text scale.
constexpr char sheet[] = R"(
QMainWindow, QDialog { background: @window; }
QMainWindow::separator { background: @line; width: 1px; height: 1px; }
QToolTip { background: @raised; color: @text; border: 1px solid @lineStrong; padding: 4px 6px; }

QMenuBar { background: @window; color: @text; padding: 0 8px; spacing: 0; }
QMenuBar::item { padding: 5px 10px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: @hover; }
QMenu { background: @raised; color: @text; border: 1px solid @lineStrong; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: @selectTint; color: @text; }
QMenu::item:disabled { color: @faded; }
QMenu::separator { height: 1px; background: @line; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }

QToolBar { background: @window; border: none; border-bottom: 1px solid @line; spacing: 4px; padding: 0 12px; }
QToolBar::separator { background: @line; width: 1px; margin: 8px; }
QStatusBar { background: @window; color: @text2; border-top: 1px solid @line; }
QStatusBar::item { border: none; }

QToolButton { background: transparent; color: @text; border: 1px solid transparent; border-radius: 6px; padding: 4px; }
QToolButton:hover { background: @hover; }
QToolButton:pressed, QToolButton:checked { background: @selectTint; }
QToolButton:disabled { color: @faded; }
QToolButton:focus { border: 2px solid @accent; padding: 3px; }
QToolButton::menu-indicator { image: none; }

QPushButton { background: @raised; color: @text; border: 1px solid @lineStrong; border-radius: 6px; padding: 4px 12px;
    min-height: 20px; }
QPushButton:hover { background: @hover; }
QPushButton:pressed, QPushButton:checked { background: @selectTint; }
QPushButton:disabled { color: @faded; border-color: @line; }
QPushButton:focus { border: 2px solid @accent; padding: 3px 11px; }
QPushButton[role="primary"] { background: @accent; color: @onAccent; border-color: @accent; }
QPushButton[role="primary"]:hover { background: @accentHover; }
QPushButton[role="primary"]:disabled { background: @line; color: @text2; border-color: @line; }
QPushButton[role="primary"]:focus { border: 2px solid @text; }
QPushButton[role="flat"] { background: transparent; border-color: transparent; color: @accent; }
QPushButton[role="flat"]:hover { background: @hover; }
QPushButton[role="flat"]:focus { border: 2px solid @accent; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox { background: @raised; color: @text; border: 1px solid @lineStrong;
    border-radius: 6px; padding: 3px 8px; min-height: 20px; selection-background-color: @accent;
    selection-color: @onAccent; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border: 2px solid @accent; padding: 2px 7px; }
QLineEdit:disabled, QComboBox:disabled { color: @faded; border-color: @line; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox QAbstractItemView { background: @raised; color: @text; border: 1px solid @lineStrong;
    selection-background-color: @selectTint; selection-color: @text; outline: none; }
QPlainTextEdit, QTextEdit, QTextBrowser { background: @raised; color: @text; border: 1px solid @line; }

QTabBar { background: @panel; }
QTabBar::tab { background: transparent; color: @text2; padding: 8px 12px 7px 12px; border: none;
    border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:focus { background: @hover; }
QTabWidget::pane { border: none; border-top: 1px solid @line; background: @panel; }

QScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: @lineStrong; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::handle:hover { background: @text3; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QTableView, QTreeView, QListView { background: @canvas; alternate-background-color: @panel; color: @text; border: none;
    selection-background-color: @selectTint; selection-color: @text; gridline-color: @line; }
QHeaderView::section { background: @panel; color: @text2; border: none; border-bottom: 1px solid @line; padding: 4px 8px; }

QProgressBar { background: @hover; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; color: transparent; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }

QLabel[role="secondary"] { color: @text2; font-size: #12; }
QLabel[role="caption"] { color: @text3; font-size: #11; }
QLabel[role="title"] { font-size: #15; font-weight: 600; }
QWidget[role="panel"] { background: @panel; }
QFrame[role="card"] { background: @raised; border: 1px solid @line; border-radius: 8px; }
)";

} // namespace

QString styleSheetOf(const Theme& t)
{
    const QHash<QString, QColor> tokens {
        { QStringLiteral("window"), t.window },
        { QStringLiteral("panel"), t.panel },
        { QStringLiteral("canvas"), t.canvas },
        { QStringLiteral("raised"), t.raised },
        { QStringLiteral("hover"), t.hover },
        { QStringLiteral("selectTint"), t.selectTint },
        { QStringLiteral("line"), t.line },
        { QStringLiteral("lineStrong"), t.lineStrong },
        { QStringLiteral("text"), t.text },
        { QStringLiteral("text2"), t.text2 },
        { QStringLiteral("text3"), t.text3 },
        { QStringLiteral("accent"), t.accent },
        { QStringLiteral("accentHover"), Theme::mix(t.accent, t.text, 0.85) },
        { QStringLiteral("onAccent"), t.onAccent },
        { QStringLiteral("faded"), Theme::mix(t.text3, t.window, 0.7) },
    };
    const QString text = QLatin1String(sheet);
    QString out;
    out.reserve(text.size() + 1024);
    for (qsizetype i = 0; i < text.size();) {
        const QChar mark = text.at(i);
        if (mark != QLatin1Char('@') && mark != QLatin1Char('#')) {
            out += mark;
            ++i;
            continue;
        }
        qsizetype end = i + 1;
        while (end < text.size() && text.at(end).isLetterOrNumber())
            ++end;
        const QString word = text.mid(i + 1, end - i - 1);
        if (mark == QLatin1Char('@')) {
            Q_ASSERT(tokens.contains(word));
            out += tokens.value(word).name();
        } else {
            out += QString::number(fonts::scaled(word.toInt())) + QStringLiteral("px");
        }
        i = end;
    }
    return out;
}

} // namespace heapatlas
