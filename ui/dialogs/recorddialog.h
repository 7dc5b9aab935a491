// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/recordcontroller.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace heapatlas {

/// Asks which PHP script to run under the recorder, and how. Not valid until the script exists.
class RecordDialog : public QDialog
{
    Q_OBJECT
public:
    explicit RecordDialog(RecordController* controller, QWidget* parent = nullptr);

    /// What to record as the fields stand now.
    [[nodiscard]] RecordRequest request() const;
    /// One sentence why recording cannot begin, or empty.
    [[nodiscard]] QString obstacle() const;

public Q_SLOTS:
    void setScript(const QString& path);
    /// Off whenever the dialog opens: whoever wants the bytes kept says so each time.
    void setContents(bool isOn);

Q_SIGNALS:
    void recordRequested(const heapatlas::RecordRequest& request);

private:
    void browseScript();
    void browseFolder();
    void browseOutput();
    void scriptEdited();
    void refresh();
    void submit();

    RecordController* m_controller;
    QLineEdit* m_script;
    QLineEdit* m_arguments;
    QLineEdit* m_folder;
    QComboBox* m_stacks;
    QCheckBox* m_contents;
    QLabel* m_warning;
    QLineEdit* m_output;
    QLabel* m_state;
    QPushButton* m_record;
    bool m_isOutputProposed = true; ///< the user has not named the file; it follows the script
    bool m_isFolderProposed = true;
};

} // namespace heapatlas
