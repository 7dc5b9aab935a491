// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/gotodialog.h"

#include "session/wording.h"
#include "ui/theme/fonts.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace heapatlas {

std::optional<GoToTarget> parseGoToTarget(const QString& text)
{
    QString plain;
    for (const QChar c : text) {
        if (!c.isSpace() && c != u',' && c != u'\'' && c != u'_')
            plain += c.toLower();
    }
    bool ok = false;
    if (plain.startsWith(QStringLiteral("0x"))) {
        const std::uint64_t address = plain.mid(2).toULongLong(&ok, 16);
        return ok ? std::optional<GoToTarget>(Address { address }) : std::nullopt;
    }
    const std::uint64_t event = plain.toULongLong(&ok, 10);
    return ok ? std::optional<GoToTarget>(event) : std::nullopt;
}

GoToDialog::GoToDialog(std::uint64_t events, QWidget* parent)
    : QDialog(parent)
    , m_events(events)
    , m_text(new QLineEdit(this))
    , m_state(new QLabel(this))
    , m_go(new QPushButton(tr("Go"), this))
{
    setObjectName(QStringLiteral("goToDialog"));
    setWindowTitle(tr("Go to address or event"));
    auto* label = new QLabel(tr("Address (0x…) or number of an event:"), this);
    label->setBuddy(m_text);
    m_text->setObjectName(QStringLiteral("goToText"));
    m_text->setAccessibleName(tr("Address or event"));
    m_text->setFont(fonts::mono(13));
    m_text->setMinimumWidth(fonts::scaled(320));
    m_state->setObjectName(QStringLiteral("goToState"));
    m_state->setProperty("role", QStringLiteral("secondary"));
    m_go->setObjectName(QStringLiteral("goToStart"));
    m_go->setProperty("role", QStringLiteral("primary"));
    m_go->setDefault(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    buttons->addButton(m_go, QDialogButtonBox::AcceptRole);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 16, 20, 16);
    column->setSpacing(10);
    column->addWidget(label);
    column->addWidget(m_text);
    column->addWidget(m_state);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_go, &QPushButton::clicked, this, &GoToDialog::submit);
    connect(m_text, &QLineEdit::textChanged, this, &GoToDialog::refresh);
    refresh();
}

void GoToDialog::refresh()
{
    const auto target = parseGoToTarget(m_text->text());
    const auto* event = target ? std::get_if<std::uint64_t>(&*target) : nullptr;
    const bool isBeyond = event != nullptr && *event > m_events;
    m_go->setEnabled(target.has_value() && !isBeyond);
    if (isBeyond)
        m_state->setText(tr("The trace ends at event %1.").arg(wording::count(m_events)));
    else if (!target && !m_text->text().isEmpty())
        m_state->setText(tr("Neither a number nor an address such as 0x7f4c2cb0b738."));
    else
        m_state->setText(tr("Events 0 to %1.").arg(wording::count(m_events)));
}

void GoToDialog::submit()
{
    const auto target = parseGoToTarget(m_text->text());
    if (!target)
        return;
    accept();
    if (const auto* event = std::get_if<std::uint64_t>(&*target))
        Q_EMIT eventChosen(*event);
    else
        Q_EMIT addressChosen(std::get<Address>(*target));
}

} // namespace heapatlas
