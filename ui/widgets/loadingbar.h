// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;

namespace heapatlas {

/// What is being waited for, how far it is, and Cancel; inside the view that waits. Appears only after 200 ms, so that
/// short waits do not flicker.
class LoadingBar : public QWidget
{
    Q_OBJECT
public:
    static constexpr int delayMs = 200;

    explicit LoadingBar(QWidget* parent = nullptr);

    [[nodiscard]] bool isWorking() const { return m_isWorking; }

public Q_SLOTS:
    /// `progress` 0 … 1, or negative when it is not known.
    void showProgress(const QString& what, double progress, const QString& detail = {});
    void finish();

Q_SIGNALS:
    void cancelRequested();

private:
    QTimer m_delay;
    bool m_isWorking = false;
    QLabel* m_what;
    QLabel* m_detail;
    QProgressBar* m_bar;
    QPushButton* m_cancel;
};

} // namespace heapatlas
