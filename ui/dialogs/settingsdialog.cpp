// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/settingsdialog.h"

#include "session/settings.h"
#include "ui/theme/fonts.h"
#include "ui/theme/thememanager.h"
#include "ui/widgets/choicebox.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

namespace heapatlas {

SettingsDialog::SettingsDialog(QWidget* parent)
    : QDialog(parent)
    , m_theme(new ChoiceBox(this))
    , m_contrast(new QCheckBox(tr("High contrast"), this))
    , m_editor(new QLineEdit(this))
{
    setObjectName(QStringLiteral("settingsDialog"));
    setWindowTitle(tr("Settings"));
    ThemeManager& themes = ThemeManager::instance();
    m_theme->setObjectName(QStringLiteral("settingsTheme"));
    m_theme->setAccessibleName(tr("Theme"));
    m_theme->addItem(tr("As the desktop"), static_cast<int>(ThemeChoice::System));
    m_theme->addItem(tr("Light"), static_cast<int>(ThemeChoice::Light));
    m_theme->addItem(tr("Dark"), static_cast<int>(ThemeChoice::Dark));
    m_theme->setCurrentIndex(m_theme->findData(static_cast<int>(themes.choice())));
    m_contrast->setObjectName(QStringLiteral("settingsContrast"));
    m_contrast->setAccessibleName(tr("High contrast"));
    m_contrast->setChecked(themes.isHighContrast());
    m_editor->setObjectName(QStringLiteral("settingsEditor"));
    m_editor->setAccessibleName(tr("Editor command"));
    m_editor->setFont(fonts::mono(12));
    m_editor->setMinimumWidth(fonts::scaled(340));
    m_editor->setPlaceholderText(tr("the desktop's program for PHP files"));
    m_editor->setText(Settings::instance().value(QStringLiteral("editor/command")).toString());
    auto* hint = new QLabel(tr("%f is the file, %l the line. For example: code -g %f:%l"), this);
    hint->setProperty("role", QStringLiteral("secondary"));
    auto* file =
        new QLabel(tr("Kept in %1").arg(QDir::toNativeSeparators(Settings::instance().filePath())), this);
    file->setProperty("role", QStringLiteral("secondary"));
    file->setWordWrap(true);
    file->setTextInteractionFlags(Qt::TextSelectableByMouse);

    auto* form = new QFormLayout;
    form->setLabelAlignment(Qt::AlignRight);
    form->setHorizontalSpacing(12);
    form->setVerticalSpacing(10);
    form->addRow(tr("Theme"), m_theme);
    form->addRow(QString(), m_contrast);
    form->addRow(tr("Open source with"), m_editor);
    form->addRow(QString(), hint);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 20, 20, 16);
    column->setSpacing(14);
    column->addLayout(form);
    column->addWidget(file);
    column->addWidget(buttons);

    connect(m_theme, &QComboBox::currentIndexChanged, this, [this] {
        ThemeManager::instance().setChoice(static_cast<ThemeChoice>(m_theme->currentData().toInt()));
    });
    connect(m_contrast, &QCheckBox::toggled, &themes, &ThemeManager::setHighContrast);
    connect(m_editor, &QLineEdit::textChanged, this,
        [](const QString& text) { Settings::instance().setValue(QStringLiteral("editor/command"), text); });
}

} // namespace heapatlas
