// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace heapatlas::sourceopener {

/// Key of the command in the settings: a program and its arguments with %f for the file and %l for the line.
/// Empty: the desktop's own program for the file.
inline constexpr const char16_t* settingsKey = u"editor/command";

/// The command with %f and %l filled in, or an empty list if the template is empty or names no program. `%%` is a
/// percent sign. The file is one argument whatever characters it has.
[[nodiscard]] QStringList filledCommand(const QString& commandTemplate, const QString& file, unsigned line);

/// Opens the file at the line (1 …; 0 unknown). Empty on success, else one sentence why not.
[[nodiscard]] QString open(const QString& commandTemplate, const QString& file, unsigned line);

} // namespace heapatlas::sourceopener
