// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/exportdialog.h"

#include "ui/theme/fonts.h"
#include "ui/widgets/choicebox.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <utility>

namespace heapatlas {

QString suffixOf(ExportForm form)
{
    switch (form) {
    case ExportForm::Svg:
        return QStringLiteral("svg");
    case ExportForm::Csv:
        return QStringLiteral("csv");
    case ExportForm::Json:
        return QStringLiteral("json");
    default:
        return QStringLiteral("png");
    }
}

ExportDialog::ExportDialog(QList<ExportItem> items, const QString& currentId, QWidget* parent)
    : QDialog(parent)
    , m_items(std::move(items))
    , m_what(new ChoiceBox(this))
    , m_form(new ChoiceBox(this))
    , m_note(new QLabel(this))
    , m_show(new QPushButton(tr("Show as table"), this))
    , m_export(new QPushButton(tr("Export…"), this))
{
    setObjectName(QStringLiteral("exportDialog"));
    setWindowTitle(tr("Export"));
    m_what->setObjectName(QStringLiteral("exportWhat"));
    m_what->setAccessibleName(tr("What to export"));
    m_form->setObjectName(QStringLiteral("exportForm"));
    m_form->setAccessibleName(tr("Kind of file"));
    m_note->setObjectName(QStringLiteral("exportNote"));
    m_note->setProperty("role", QStringLiteral("secondary"));
    m_note->setWordWrap(true);
    m_note->setMinimumHeight(fonts::scaled(52));
    m_note->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_show->setObjectName(QStringLiteral("exportShow"));
    m_export->setObjectName(QStringLiteral("exportStart"));
    m_export->setProperty("role", QStringLiteral("primary"));
    m_export->setDefault(true);
    bool wasTable = false;
    for (const ExportItem& item : m_items) {
        if (item.isTable != wasTable && m_what->count() > 0)
            m_what->insertSeparator(m_what->count());
        wasTable = item.isTable;
        m_what->addItem(
            item.isTable ? tr("Table: %1").arg(item.title) : tr("Picture: %1").arg(item.title), item.id);
    }
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(12);
    form->setVerticalSpacing(8);
    form->addRow(tr("What"), m_what);
    form->addRow(tr("As"), m_form);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    buttons->addButton(m_export, QDialogButtonBox::AcceptRole);
    buttons->addButton(m_show, QDialogButtonBox::ActionRole);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 16, 20, 16);
    column->setSpacing(10);
    column->addLayout(form);
    column->addWidget(m_note);
    column->addWidget(buttons);
    setMinimumWidth(fonts::scaled(460));
    connect(m_what, &QComboBox::currentIndexChanged, this, &ExportDialog::refresh);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_show, &QPushButton::clicked, this, [this] {
        const QString id = this->currentId();
        accept(); // while it is open it blocks the window that the table belongs to
        Q_EMIT tableRequested(id);
    });
    connect(m_export, &QPushButton::clicked, this, [this] {
        const QString id = this->currentId();
        const ExportForm chosen = this->form();
        accept();
        Q_EMIT exportRequested(id, chosen);
    });
    const int index = m_what->findData(currentId);
    m_what->setCurrentIndex(index < 0 ? 0 : index);
    refresh();
}

void ExportDialog::setItems(const QList<ExportItem>& items)
{
    m_items = items;
    refresh();
}

QString ExportDialog::currentId() const { return m_what->currentData().toString(); }

ExportForm ExportDialog::form() const { return static_cast<ExportForm>(m_form->currentData().toInt()); }

const ExportItem* ExportDialog::current() const
{
    for (const ExportItem& item : m_items) {
        if (item.id == currentId())
            return &item;
    }
    return nullptr;
}

void ExportDialog::refresh()
{
    const ExportItem* item = current();
    if (item == nullptr)
        return;
    const QVariant before = m_form->currentData();
    m_form->clear();
    const auto add = [this](const QString& text, ExportForm form) {
        m_form->addItem(text, static_cast<int>(form));
    };
    if (item->isTable) {
        add(tr("CSV, for spreadsheets"), ExportForm::Csv);
        add(tr("JSON, for programs"), ExportForm::Json);
    } else {
        add(tr("PNG, as on the screen"), ExportForm::Png1);
        add(tr("PNG, 2× as fine"), ExportForm::Png2);
        add(tr("PNG, 3× as fine"), ExportForm::Png3);
        add(tr("SVG"), ExportForm::Svg);
    }
    if (const int index = m_form->findData(before); index >= 0)
        m_form->setCurrentIndex(index);
    m_note->setText(item->note);
    m_show->setEnabled(item->isTable && !item->isEmpty);
    m_export->setEnabled(!item->isEmpty);
}

} // namespace heapatlas
