// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/errorbar.h"

#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/thememanager.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace heapatlas {

ErrorBar::ErrorBar(QWidget* parent)
    : QFrame(parent)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
    , m_action(new QPushButton(this))
    , m_detailsButton(new QPushButton(tr("Details"), this))
    , m_close(new QToolButton(this))
    , m_details(new QPlainTextEdit(this))
{
    setObjectName(QStringLiteral("errorBar"));
    m_text->setObjectName(QStringLiteral("errorText"));
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_action->setObjectName(QStringLiteral("errorAction"));
    m_action->setAccessibleName(tr("What can be done"));
    m_detailsButton->setObjectName(QStringLiteral("errorDetailsButton"));
    m_detailsButton->setAccessibleName(tr("Show the details of the problem"));
    m_detailsButton->setCheckable(true);
    m_close->setObjectName(QStringLiteral("errorClose"));
    m_close->setAccessibleName(tr("Dismiss"));
    m_close->setToolTip(tr("Dismiss"));
    m_close->setIcon(icons::icon(u"close"));
    m_details->setObjectName(QStringLiteral("errorDetails"));
    m_details->setAccessibleName(tr("Details of the problem"));
    m_details->setReadOnly(true);
    m_details->setTabChangesFocus(true);
    m_details->setFont(fonts::mono(12));
    m_details->setMaximumHeight(fonts::scaled(120));
    m_details->hide();

    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_icon, 0, Qt::AlignVCenter);
    row->addWidget(m_text, 1);
    row->addWidget(m_action);
    row->addWidget(m_detailsButton);
    row->addWidget(m_close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 6, 8, 6);
    column->setSpacing(6);
    column->addLayout(row);
    column->addWidget(m_details);

    connect(m_detailsButton, &QPushButton::toggled, m_details, &QWidget::setVisible);
    connect(m_action, &QPushButton::clicked, this, &ErrorBar::actionTriggered);
    connect(m_close, &QToolButton::clicked, this, &ErrorBar::dismiss);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, &ErrorBar::dress);
    hide();
}

QString ErrorBar::details() const { return m_details->toPlainText(); }

void ErrorBar::showMessage(
    Severity severity, const QString& sentence, const QString& details, const QString& action)
{
    m_severity = severity;
    m_sentence = sentence;
    m_text->setText(sentence);
    setAccessibleName(sentence);
    m_details->setPlainText(details);
    m_detailsButton->setVisible(!details.isEmpty());
    m_detailsButton->setChecked(false);
    m_action->setText(action);
    m_action->setAccessibleName(action);
    m_action->setVisible(!action.isEmpty());
    dress();
    show();
}

void ErrorBar::dismiss()
{
    if (m_sentence.isEmpty())
        return;
    m_sentence.clear();
    hide();
    Q_EMIT dismissed();
}

void ErrorBar::dress()
{
    const Theme& theme = Theme::current();
    const QStringView name = m_severity == Severity::Error ? u"error"
        : m_severity == Severity::Warning                  ? u"warning"
                                                           : u"info";
    const QColor color = m_severity == Severity::Error ? theme.limit
        : m_severity == Severity::Warning              ? theme.warn
                                                       : theme.accent;
    m_icon->setPixmap(icons::pixmap(name, 18, color, devicePixelRatioF()));
    update();
}

void ErrorBar::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    const QColor fill = m_severity == Severity::Error ? Theme::mix(theme.limit, theme.panel, 0.10)
        : m_severity == Severity::Warning             ? theme.warnTint
                                                      : theme.selectTint;
    painter.fillRect(rect(), fill);
    painter.fillRect(QRectF(0, height() - 1, width(), 1), theme.line);
}

} // namespace heapatlas
