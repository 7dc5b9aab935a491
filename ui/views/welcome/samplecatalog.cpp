// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/welcome/samplecatalog.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace heapatlas::samplecatalog {

namespace {

QString listed(const QString& fileName, const char* key, const QJsonArray& list)
{
    for (const QJsonValue& value : list) {
        const QJsonObject entry = value.toObject();
        if (entry.value(QStringLiteral("file")).toString() == fileName)
            return entry.value(QLatin1String(key)).toString();
    }
    return {};
}

} // namespace

QStringList folders()
{
    QStringList all { QDir::cleanPath(
        QCoreApplication::applicationDirPath() + QStringLiteral("/../share/heap-atlas/samples")) };
#ifdef HEAPATLAS_SAMPLES_DIR
    all << QStringLiteral(HEAPATLAS_SAMPLES_DIR);
#endif
    return all;
}

QString titleFromFileName(const QString& fileName)
{
    QString title = QFileInfo(fileName).completeBaseName();
    title.replace(u'-', u' ').replace(u'_', u' ');
    if (!title.isEmpty())
        title[0] = title[0].toUpper();
    return title;
}

QList<SampleTrace> find(const QStringList& folders)
{
    for (const QString& path : folders) {
        const QDir folder(path);
        const QStringList files = folder.entryList({ QStringLiteral("*.hat") }, QDir::Files, QDir::Name);
        if (files.isEmpty())
            continue;
        QJsonArray list;
        QFile json(folder.filePath(QStringLiteral("samples.json")));
        if (json.open(QIODevice::ReadOnly))
            list = QJsonDocument::fromJson(json.readAll()).array();
        QList<SampleTrace> samples;
        for (const QString& file : files) {
            SampleTrace sample { folder.filePath(file), listed(file, "title", list),
                listed(file, "subtitle", list) };
            if (sample.title.isEmpty())
                sample.title = titleFromFileName(file);
            samples << sample;
        }
        return samples;
    }
    return {};
}

} // namespace heapatlas::samplecatalog
