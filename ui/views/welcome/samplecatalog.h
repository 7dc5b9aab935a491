// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace heapatlas {

/// A trace that comes with the program.
struct SampleTrace
{
    QString path;
    QString title; ///< "A leaking worker"
    QString subtitle; ///< one line: what there is to see
};

/// The sample traces of this installation: every .hat file of the first folder that has any. Titles come from
/// samples.json beside them (an array of objects with "file", "title", "subtitle"); without it from the file names.
namespace samplecatalog {

/// Where samples are looked for, in order: beside the installed program, then the source tree of a build.
[[nodiscard]] QStringList folders();
[[nodiscard]] QList<SampleTrace> find(const QStringList& folders);
/// "import-orders.hat" → "Import orders".
[[nodiscard]] QString titleFromFileName(const QString& fileName);

} // namespace samplecatalog

} // namespace heapatlas
