// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/recorddialog.h"

#include "session/settings.h"
#include "ui/theme/fonts.h"
#include "ui/widgets/choicebox.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QVBoxLayout>

namespace heapatlas {

namespace {

QString withBrowse(QWidget* parent, QLineEdit* edit, const char* name, const QString& title, QHBoxLayout* row,
    QPushButton** button)
{
    edit->setObjectName(QLatin1String(name));
    edit->setAccessibleName(title);
    edit->setMinimumWidth(fonts::scaled(360));
    row->addWidget(edit, 1);
    if (button != nullptr) {
        *button = new QPushButton(QObject::tr("Browse…"), parent);
        (*button)->setObjectName(QLatin1String(name) + QStringLiteral("Browse"));
        (*button)->setAccessibleName(QObject::tr("Browse: %1").arg(title));
        (*button)->setAutoDefault(false);
        row->addWidget(*button);
    }
    return title;
}

} // namespace

RecordDialog::RecordDialog(RecordController* controller, QWidget* parent)
    : QDialog(parent)
    , m_controller(controller)
    , m_script(new QLineEdit(this))
    , m_arguments(new QLineEdit(this))
    , m_folder(new QLineEdit(this))
    , m_stacks(new ChoiceBox(this))
    , m_contents(new QCheckBox(tr("Keep what is in memory, at checkpoints and at the end"), this))
    , m_warning(new QLabel(this))
    , m_output(new QLineEdit(this))
    , m_state(new QLabel(this))
    , m_record(new QPushButton(tr("Record"), this))
{
    setObjectName(QStringLiteral("recordDialog"));
    setWindowTitle(tr("Record a PHP script"));
    auto* form = new QFormLayout;
    form->setLabelAlignment(Qt::AlignRight);
    form->setHorizontalSpacing(12);
    form->setVerticalSpacing(10);
    const auto addRow = [this, form](const QString& title, QLineEdit* edit, const char* name, auto handler) {
        auto* row = new QHBoxLayout;
        QPushButton* button = nullptr;
        withBrowse(this, edit, name, title, row, &button);
        connect(button, &QPushButton::clicked, this, handler);
        form->addRow(title, row);
    };
    addRow(tr("Script"), m_script, "recordScript", &RecordDialog::browseScript);
    m_arguments->setObjectName(QStringLiteral("recordArguments"));
    m_arguments->setAccessibleName(tr("Arguments"));
    m_arguments->setPlaceholderText(tr("as on the command line, if any"));
    form->addRow(tr("Arguments"), m_arguments);
    addRow(tr("Runs in"), m_folder, "recordFolder", &RecordDialog::browseFolder);
    m_stacks->setObjectName(QStringLiteral("recordStacks"));
    m_stacks->setAccessibleName(tr("Call stacks"));
    m_stacks->addItem(tr("Whole call stack of every allocation"), QStringLiteral("full"));
    m_stacks->addItem(tr("Innermost function only"), QStringLiteral("top"));
    m_stacks->addItem(tr("None: fastest, smallest file"), QStringLiteral("none"));
    form->addRow(tr("Call stacks"), m_stacks);
    m_contents->setObjectName(QStringLiteral("recordContents"));
    m_contents->setAccessibleName(tr("Record contents"));
    m_warning->setObjectName(QStringLiteral("recordContentsWarning"));
    m_warning->setText(
        tr("Memory can hold passwords, keys and personal data. Treat the trace as confidential; "
           "“hatlas convert --redact” makes a copy without them."));
    m_warning->setAccessibleName(m_warning->text());
    m_warning->setWordWrap(true);
    m_warning->setProperty("role", QStringLiteral("secondary"));
    QSizePolicy policy = m_warning->sizePolicy(); // the dialog does not jump when it appears
    policy.setRetainSizeWhenHidden(true);
    m_warning->setSizePolicy(policy);
    m_warning->hide();
    connect(m_contents, &QCheckBox::toggled, m_warning, &QLabel::setVisible);
    form->addRow(tr("Contents"), m_contents);
    form->addRow(QString(), m_warning);
    addRow(tr("Save as"), m_output, "recordOutput", &RecordDialog::browseOutput);

    m_state->setObjectName(QStringLiteral("recordState"));
    m_state->setWordWrap(true);
    m_state->setMinimumHeight(fonts::scaled(36));
    m_state->setProperty("role", QStringLiteral("secondary"));
    m_state->setTextInteractionFlags(Qt::TextSelectableByMouse);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_record->setObjectName(QStringLiteral("recordStart"));
    m_record->setProperty("role", QStringLiteral("primary"));
    m_record->setDefault(true);
    buttons->addButton(m_record, QDialogButtonBox::AcceptRole);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_record, &QPushButton::clicked, this, &RecordDialog::submit);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 20, 20, 16);
    column->setSpacing(14);
    column->addLayout(form);
    column->addWidget(m_state);
    column->addWidget(buttons);

    Settings& settings = Settings::instance();
    m_script->setText(settings.value(QStringLiteral("record/script")).toString());
    m_arguments->setText(settings.value(QStringLiteral("record/arguments")).toString());
    const int stacks =
        m_stacks->findData(settings.value(QStringLiteral("record/stacks"), QStringLiteral("full")));
    m_stacks->setCurrentIndex(stacks < 0 ? 0 : stacks);
    connect(m_script, &QLineEdit::textChanged, this, &RecordDialog::scriptEdited);
    connect(m_folder, &QLineEdit::textEdited, this, [this] {
        m_isFolderProposed = false;
        scriptEdited();
    });
    connect(m_output, &QLineEdit::textEdited, this, [this] {
        m_isOutputProposed = false;
        refresh();
    });
    connect(m_controller, &RecordController::statusChanged, this, &RecordDialog::refresh);
    m_controller->refreshStatus(); // PHP may have been installed since
    scriptEdited();
}

void RecordDialog::setScript(const QString& path) { m_script->setText(QDir::toNativeSeparators(path)); }

void RecordDialog::setContents(bool isOn) { m_contents->setChecked(isOn); }

RecordRequest RecordDialog::request() const
{
    RecordRequest request;
    request.command = QStringList { QStringLiteral("php"), QFileInfo(m_script->text()).absoluteFilePath() }
        + QProcess::splitCommand(m_arguments->text());
    request.workingDirectory = m_folder->text();
    request.output = m_output->text();
    request.stacks = m_stacks->currentData().toString();
    request.wantsContents = m_contents->isChecked();
    return request;
}

QString RecordDialog::obstacle() const
{
    if (const QString reason = m_controller->unavailableReason(); !reason.isEmpty())
        return reason;
    if (m_controller->isRecording())
        return tr("A recording is running; one at a time.");
    if (m_script->text().trimmed().isEmpty())
        return tr("Choose the PHP script to run.");
    const QFileInfo script(m_script->text());
    if (!script.isFile())
        return tr("There is no file %1.").arg(m_script->text());
    if (!QFileInfo(m_folder->text()).isDir())
        return tr("There is no folder %1.").arg(m_folder->text());
    const QFileInfo output(m_output->text());
    if (m_output->text().trimmed().isEmpty() || !QFileInfo(output.path()).isDir())
        return tr("Choose where the trace is saved.");
    if (!QFileInfo(output.path()).isWritable())
        return tr("The trace cannot be saved in %1; choose another folder.").arg(output.path());
    return {};
}

void RecordDialog::browseScript()
{
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Choose a PHP script"), m_script->text(), tr("PHP scripts (*.php);;All files (*)"));
    if (!path.isEmpty())
        setScript(path);
}

void RecordDialog::browseFolder()
{
    const QString path = QFileDialog::getExistingDirectory(this, tr("Run in"), m_folder->text());
    if (path.isEmpty())
        return;
    m_isFolderProposed = false;
    m_folder->setText(path);
    scriptEdited();
}

void RecordDialog::browseOutput()
{
    const QString path =
        QFileDialog::getSaveFileName(this, tr("Save the trace as"), m_output->text(), tr("Traces (*.hat)"));
    if (path.isEmpty())
        return;
    m_isOutputProposed = false;
    m_output->setText(path.endsWith(QStringLiteral(".hat")) ? path : path + QStringLiteral(".hat"));
    refresh();
}

void RecordDialog::scriptEdited()
{
    const QFileInfo script(m_script->text());
    if (m_isFolderProposed)
        m_folder->setText(m_script->text().isEmpty() ? QDir::homePath() : script.absolutePath());
    if (m_isOutputProposed && !m_script->text().isEmpty())
        m_output->setText(RecordController::proposedOutput(
            { QStringLiteral("php"), script.absoluteFilePath() }, m_folder->text()));
    refresh();
}

void RecordDialog::refresh()
{
    const QString reason = obstacle();
    m_record->setEnabled(reason.isEmpty());
    m_state->setText(reason.isEmpty() ? m_controller->statusText() : reason);
}

void RecordDialog::submit()
{
    if (!obstacle().isEmpty())
        return;
    Settings& settings = Settings::instance();
    settings.setValue(QStringLiteral("record/script"), m_script->text());
    settings.setValue(QStringLiteral("record/arguments"), m_arguments->text());
    settings.setValue(QStringLiteral("record/stacks"), m_stacks->currentData());
    const RecordRequest wanted = request();
    accept();
    Q_EMIT recordRequested(wanted);
}

} // namespace heapatlas
