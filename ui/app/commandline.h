// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "model/eventrange.h"

#include <QSize>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <optional>

namespace heapatlas {

/// What a command line of heap-atlas asks for.
struct CommandLine
{
    QString configDirectory;
    QString theme; ///< light, dark, system; empty: as in the settings
    std::optional<QSize> geometry; ///< of the window, or of the picture with --picture
    QString view; ///< welcome, map or spacetime; empty: map with a file, welcome without
    std::optional<std::uint64_t> at;
    std::optional<EventRange> range; ///< to compare with the whole run
    std::optional<Address> select;
    QString level; ///< heap, chunk, page, slot; empty: as the map chooses
    std::optional<QString> find; ///< the command field is open with this text
    QString screenshot;
    QString picture;
    bool exitWhenDone = false;
    QStringList files;

    /// A picture is wanted or the program ends by itself: nothing may wait for the user.
    [[nodiscard]] bool isUnattended() const
    {
        return exitWhenDone || !screenshot.isEmpty() || !picture.isEmpty();
    }
};

/// How the reading of a command line ended: go on, or end the program with this text and status.
struct CommandLineOutcome
{
    std::optional<int> exitStatus; ///< unset: go on with `options`
    QString message; ///< for standard output when exitStatus is 0, else for standard error
    CommandLine options;
};

/// Exit statuses shared with hatlas (see interfaces).
enum ExitStatus : int
{
    exitDone = 0,
    exitUsage = 2,
    exitInput = 3,
    exitFault = 4,
};

/// Reads the arguments, arguments[0] being the program. Never ends the program itself, so that it can be tested.
[[nodiscard]] CommandLineOutcome parseCommandLine(const QStringList& arguments);

} // namespace heapatlas
