// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLineEdit;

namespace heapatlas {

/// Theme, contrast and the editor's command. Changes act at once and are kept.
class SettingsDialog : public QDialog
{
    Q_OBJECT
public:
    explicit SettingsDialog(QWidget* parent = nullptr);

private:
    QComboBox* m_theme;
    QCheckBox* m_contrast;
    QLineEdit* m_editor;
};

} // namespace heapatlas
