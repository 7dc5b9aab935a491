// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QListView>

class QStandardItemModel;

namespace heapatlas {

/// The views of a trace, grouped by the question they answer: 32 px rows of icon and name, or icons only.
class ViewRail : public QListView
{
    Q_OBJECT
public:
    static constexpr int wideWidth = 148;
    static constexpr int narrowWidth = 52;

    explicit ViewRail(QWidget* parent = nullptr);

    void addGroup(const QString& title);
    /// `name` identifies the view ("map"), `icon` names its picture.
    void addView(const QString& name, const QString& title, const QString& icon);
    [[nodiscard]] QString currentView() const;
    [[nodiscard]] bool isNarrow() const { return m_isNarrow; }

public Q_SLOTS:
    void setCurrentView(const QString& name);
    void setNarrow(bool narrow);

Q_SIGNALS:
    void viewChosen(const QString& name);

private:
    void applyWidth();

    QStandardItemModel* m_model;
    bool m_isNarrow = false;
};

} // namespace heapatlas
