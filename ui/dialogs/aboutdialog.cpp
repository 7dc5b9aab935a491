// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/aboutdialog.h"

#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"

#include <QCoreApplication>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace heapatlas {

AboutDialog::AboutDialog(QWidget* parent)
    : QDialog(parent)
{
    setObjectName(QStringLiteral("aboutDialog"));
    setWindowTitle(tr("About Heap Atlas"));
    auto* logo = new QLabel(this);
    logo->setPixmap(icons::applicationIcon().pixmap(QSize(64, 64), devicePixelRatioF()));
    auto* name = new QLabel(tr("Heap Atlas %1").arg(QCoreApplication::applicationVersion()), this);
    name->setFont(fonts::largeNumber());
    auto* text = new QLabel(tr("Opens the heap of a recorded PHP program and shows every chunk, page and "
                               "block at every moment, with the "
                               "line of code that allocated it.\n\nFree software under the GNU General "
                               "Public License, version 3 or later. "
                               "The recorder that is loaded into PHP is under the MIT licence.\n\nMade with "
                               "Qt %1, QCustomPlot, Zstandard, "
                               "and the typefaces Inter and JetBrains Mono.")
                                .arg(QString::fromLatin1(qVersion())),
        this);
    text->setObjectName(QStringLiteral("aboutText"));
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    text->setMinimumWidth(fonts::scaled(400));
    auto* head = new QHBoxLayout;
    head->setSpacing(16);
    head->addWidget(logo);
    head->addWidget(name, 1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 20, 24, 16);
    column->setSpacing(14);
    column->addLayout(head);
    column->addWidget(text);
    column->addWidget(buttons);
}

} // namespace heapatlas
