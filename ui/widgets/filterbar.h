// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QToolButton;

namespace heapatlas {

/// A line over the view that says what is shown before all others, with a way out. Hidden while that is nothing.
class FilterBar : public QWidget
{
    Q_OBJECT
public:
    explicit FilterBar(QWidget* parent = nullptr);

    /// `name` in bold, then `detail`. An empty name hides the bar.
    void setFilter(const QString& name, const QString& detail);
    [[nodiscard]] QString name() const { return m_name; }
    [[nodiscard]] QString detail() const { return m_detail; }

Q_SIGNALS:
    void clearRequested();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_name;
    QString m_detail;
    QToolButton* m_clear;
};

} // namespace heapatlas
