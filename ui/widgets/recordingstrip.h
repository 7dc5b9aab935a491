// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace heapatlas {

/// What the tool bar shows while a program is being recorded: dot, program, elapsed time, size so far, Stop.
class RecordingStrip : public QWidget
{
    Q_OBJECT
public:
    explicit RecordingStrip(QWidget* parent = nullptr);

    /// "0:07", "12:45", "1:02:03".
    [[nodiscard]] static QString clockText(qint64 elapsedMs);

public Q_SLOTS:
    void begin(const QString& program);
    void setProgress(qint64 elapsedMs, qint64 bytes);

Q_SIGNALS:
    void stopRequested();

protected:
    void showEvent(QShowEvent* event) override;

private:
    void dress();

    QLabel* m_dot;
    QLabel* m_what;
    QLabel* m_figures;
    QPushButton* m_stop;
};

} // namespace heapatlas
