// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/palette/commandpalette.h"

#include "ui/palette/palettedelegate.h"
#include "ui/palette/palettemodel.h"
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"

#include <QAction>
#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QScrollBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace heapatlas {

namespace {

constexpr int margin = 12; ///< to the window's edges
constexpr int frame = 6;
constexpr int pageRows = 8;

} // namespace

CommandPalette::CommandPalette(QWidget* window)
    : QFrame(window)
    , m_text(new QLineEdit(this))
    , m_list(new QListView(this))
    , m_model(new PaletteModel(this))
{
    setObjectName(QStringLiteral("commandPalette"));
    setAccessibleName(tr("Command field"));
    setAutoFillBackground(false);
    m_text->setObjectName(QStringLiteral("paletteText"));
    m_text->setAccessibleName(tr("Address, site, page or command"));
    m_text->setPlaceholderText(tr("Address, site, page or command"));
    m_text->setMaxLength(1000);
    QAction* glass = m_text->addAction(icons::icon(u"search"), QLineEdit::LeadingPosition);
    glass->setEnabled(false);
    glass->setObjectName(QStringLiteral("paletteGlass"));
    for (auto* button : m_text->findChildren<QToolButton*>()) { // how the line shows it
        button->setObjectName(QStringLiteral("paletteGlassButton"));
        button->setAccessibleName(tr("Search"));
    }
    m_list->setObjectName(QStringLiteral("paletteList"));
    m_list->setAccessibleName(tr("What matches"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new PaletteDelegate(m_list));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setMouseTracking(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->viewport()->setAutoFillBackground(false);
    m_list->setStyleSheet(QStringLiteral("QListView { background: transparent; }"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(frame, frame, frame, frame);
    column->setSpacing(frame);
    column->addWidget(m_text);
    column->addWidget(m_list, 1);
    hide();
    m_text->installEventFilter(this);
    window->installEventFilter(this);
    connect(m_text, &QLineEdit::textEdited, this, &CommandPalette::search);
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex& index) { choose(index.row()); });
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
}

void CommandPalette::openAt(QWidget* field)
{
    m_field = field;
    if (!isVisible())
        m_focusBefore = QApplication::focusWidget();
    search();
    show();
    raise();
    m_text->setFocus(Qt::ShortcutFocusReason);
    m_text->selectAll();
    Q_EMIT opened();
}

void CommandPalette::setText(const QString& text)
{
    m_text->setText(text);
    search();
}

QString CommandPalette::text() const { return m_text->text(); }
int CommandPalette::currentRow() const { return m_list->currentIndex().row(); }

void CommandPalette::dismiss()
{
    if (!isVisible())
        return;
    const bool hadFocus = isAncestorOf(QApplication::focusWidget());
    const QPointer<QWidget> before = m_focusBefore; // hiding moves the focus on
    hide();
    if (hadFocus && before && before->isVisible())
        before->setFocus(Qt::OtherFocusReason);
}

void CommandPalette::search()
{
    m_model->setEntries(searchPalette(m_text->text(), m_sources ? m_sources() : PaletteSources {}));
    m_hasMoved = false;
    setCurrentRow(m_model->choiceFrom(0, 1));
    m_list->scrollToTop();
    place();
}

void CommandPalette::refresh()
{
    if (!isVisible())
        return;
    const int row = currentRow();
    const QString title = row >= 0 ? m_model->entry(row).title : QString();
    const bool hadMoved = m_hasMoved;
    search();
    m_hasMoved = hadMoved;
    if (!hadMoved)
        return;
    for (int i = 0; i < m_model->rowCount(); ++i) {
        if (m_model->entry(i).kind == PaletteEntry::Kind::Choice && m_model->entry(i).title == title) {
            setCurrentRow(i);
            break;
        }
    }
}

/// Below the field's top, its right edge at the field's; as high as the lines need, as far as the window goes.
void CommandPalette::place()
{
    if (!m_field)
        return;
    const QWidget* window = parentWidget();
    const int width = std::min(fonts::scaled(usualWidth), window->width() - 2 * margin);
    const QPoint corner = m_field->mapTo(window, QPoint(m_field->width(), 0));
    const int right = std::clamp(corner.x() + frame, width + margin, window->width() - margin);
    const int top = std::max(margin, corner.y() - frame);
    // Lines of notes are as high as their width makes them.
    resize(width, height());
    layout()->activate();
    int lines = 0;
    QStyleOptionViewItem option;
    option.rect = QRect(0, 0, width - 2 * frame, 0);
    for (int row = 0; row < m_model->rowCount(); ++row)
        lines += m_list->itemDelegate()->sizeHint(option, m_model->index(row)).height();
    const int height = m_text->sizeHint().height() + 3 * frame + lines;
    setGeometry(right - width, top, width, std::min(height, window->height() * 7 / 10));
}

void CommandPalette::setCurrentRow(int row)
{
    const QModelIndex index = row < 0 ? QModelIndex() : m_model->index(row);
    m_list->setCurrentIndex(index);
    if (row < 0) {
        m_list->clearSelection();
        return;
    }
    // The first choice brings its header into sight.
    if (m_model->choiceFrom(row - 1, -1) < 0)
        m_list->scrollToTop();
    else
        m_list->scrollTo(index);
}

void CommandPalette::step(int from, int direction)
{
    const int last = m_model->rowCount() - 1;
    int row = m_model->choiceFrom(std::clamp(from, 0, last), direction);
    if (row < 0) // the other way round
        row = m_model->choiceFrom(std::clamp(from, 0, last), -direction);
    if (row >= 0) {
        m_hasMoved = true;
        setCurrentRow(row);
    }
}

void CommandPalette::choose(int row)
{
    if (row < 0 || m_model->entry(row).kind != PaletteEntry::Kind::Choice)
        return;
    const PaletteTarget target = m_model->entry(row).target;
    dismiss(); // first, so that what is chosen may take the focus
    Q_EMIT chosen(target);
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == parentWidget()) {
        if (event->type() == QEvent::Resize && isVisible())
            place();
        return QFrame::eventFilter(watched, event);
    }
    if (event->type() == QEvent::FocusOut) {
        const auto reason = static_cast<QFocusEvent*>(event)->reason();
        if (isVisible() && reason != Qt::ActiveWindowFocusReason && reason != Qt::PopupFocusReason) {
            m_focusBefore = nullptr; // somebody took it
            hide();
        }
        return QFrame::eventFilter(watched, event);
    }
    if (event->type() != QEvent::KeyPress)
        return QFrame::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    const int row = currentRow();
    switch (key->key()) {
    case Qt::Key_Down:
        step(row + 1 < m_model->rowCount() ? row + 1 : 0, 1);
        return true;
    case Qt::Key_Up:
        if (m_model->choiceFrom(row - 1, -1) < 0)
            step(m_model->rowCount() - 1, -1);
        else
            step(row - 1, -1);
        return true;
    case Qt::Key_PageDown:
        step(row + pageRows, 1);
        return true;
    case Qt::Key_PageUp:
        step(row - pageRows, -1);
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        choose(row);
        return true;
    case Qt::Key_Escape:
        dismiss();
        return true;
    case Qt::Key_Tab:
    case Qt::Key_Backtab:
        return true; // there is nothing else in it
    default:
        return QFrame::eventFilter(watched, event);
    }
}

void CommandPalette::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.lineStrong, 1));
    painter.setBrush(theme.raised);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
}

} // namespace heapatlas
