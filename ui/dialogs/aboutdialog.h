// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace heapatlas {

/// Name, version, licence and what the program is made with.
class AboutDialog : public QDialog
{
    Q_OBJECT
public:
    explicit AboutDialog(QWidget* parent = nullptr);
};

} // namespace heapatlas
