// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QString>

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QToolButton;

namespace heapatlas {

/// An inline bar where the action was: icon, what happened and what it means, one action, details that can be
/// selected and copied. Hidden while there is nothing to say.
class ErrorBar : public QFrame
{
    Q_OBJECT
public:
    enum class Severity
    {
        Note,
        Warning,
        Error,
    };

    explicit ErrorBar(QWidget* parent = nullptr);

    [[nodiscard]] QString sentence() const { return m_sentence; }
    [[nodiscard]] QString details() const;

public Q_SLOTS:
    /// Shows the bar. `details` empty: no Details button. `action` empty: no action button.
    void showMessage(heapatlas::ErrorBar::Severity severity, const QString& sentence,
        const QString& details = {}, const QString& action = {});
    void dismiss();

Q_SIGNALS:
    void actionTriggered();
    void dismissed(); ///< by the user or dismiss()

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void dress();

    Severity m_severity = Severity::Note;
    QString m_sentence;
    QLabel* m_icon;
    QLabel* m_text;
    QPushButton* m_action;
    QPushButton* m_detailsButton;
    QToolButton* m_close;
    QPlainTextEdit* m_details;
};

} // namespace heapatlas
