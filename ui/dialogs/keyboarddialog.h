// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QList>

class QAction;

namespace heapatlas {

/// Every key: those of the menus' actions as they are, and those that act inside the canvas and the timeline.
class KeyboardDialog : public QDialog
{
    Q_OBJECT
public:
    explicit KeyboardDialog(const QList<QAction*>& actions, QWidget* parent = nullptr);
};

} // namespace heapatlas
