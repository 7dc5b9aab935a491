// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/settings.h"

#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>
#include <QStringList>

#include <algorithm>
#include <utility>

namespace heapatlas {

namespace {

const auto versionKey = QStringLiteral("version");
const auto recentGroup = QStringLiteral("recent");
constexpr int formatVersion = 1;
constexpr std::size_t maxCurvePoints = 64;

QString& chosenDirectory()
{
    static QString directory;
    return directory;
}

/// Where --config or the environment sent the settings; empty: where everybody's are.
QString askedDirectory()
{
    return chosenDirectory().isEmpty() ? qEnvironmentVariable("HEAPATLAS_CONFIG") : chosenDirectory();
}

QString usualDirectory()
{
    if (const QString asked = askedDirectory(); !asked.isEmpty())
        return asked;
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation)
        + QStringLiteral("/heap-atlas");
}

std::unique_ptr<QSettings> openStore()
{
    const QString directory = usualDirectory();
    QDir().mkpath(directory); // a directory that cannot be made shows in QSettings::status()
    auto store =
        std::make_unique<QSettings>(directory + QStringLiteral("/heap-atlas.ini"), QSettings::IniFormat);
    if (!store->contains(versionKey))
        store->setValue(versionKey, formatVersion);
    return store;
}

// Words instead of a binary list: the INI stays readable and does not depend on Qt's variant encoding.
QString curveText(const std::vector<float>& curve)
{
    QStringList words;
    for (const float value : curve) {
        if (words.size() == static_cast<qsizetype>(maxCurvePoints))
            break;
        words += QString::number(static_cast<double>(value), 'f', 3);
    }
    return words.join(QLatin1Char(' '));
}

std::vector<float> curveFromText(const QString& text)
{
    std::vector<float> curve;
    const QStringList words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (const QString& word : words) {
        bool isNumber = false;
        const float value = word.toFloat(&isNumber);
        if (!isNumber || curve.size() == maxCurvePoints)
            break;
        curve.push_back(std::clamp(value, 0.0F, 1.0F));
    }
    return curve;
}

/// One spelling for one file: absolute and without "..", but links are kept as people know them.
QString normalized(const QString& path) { return QDir::cleanPath(QFileInfo(path).absoluteFilePath()); }

void writeRecent(QSettings& store, const std::vector<RecentFile>& files)
{
    store.remove(recentGroup);
    store.beginWriteArray(recentGroup, static_cast<int>(files.size()));
    for (std::size_t i = 0; i < files.size(); ++i) {
        const RecentFile& file = files[i];
        store.setArrayIndex(static_cast<int>(i));
        store.setValue(QStringLiteral("path"), file.path);
        store.setValue(QStringLiteral("opened"), file.opened.toUTC().toString(Qt::ISODateWithMs));
        store.setValue(QStringLiteral("events"), QString::number(file.events));
        store.setValue(QStringLiteral("peakBytes"), QString::number(file.peakBytes));
        store.setValue(QStringLiteral("fingerprint"), QString::fromLatin1(file.fingerprint.toBase64()));
        store.setValue(QStringLiteral("curve"), curveText(file.curve));
    }
    store.endArray();
}

} // namespace

Settings::Settings()
    : m_store(openStore())
{
}

Settings::~Settings() = default;

Settings& Settings::instance()
{
    static Settings settings;
    return settings;
}

void Settings::setDirectory(const QString& dir)
{
    chosenDirectory() = QFileInfo(dir).absoluteFilePath();
    // Also right when this call is what makes the instance: it then opens the chosen file twice, unchanged.
    Settings& settings = instance();
    settings.m_store->sync();
    settings.m_store = openStore();
}

QString Settings::dataDirectory()
{
    if (const QString asked = askedDirectory(); !asked.isEmpty())
        return asked + QStringLiteral("/data");
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation)
        + QStringLiteral("/heap-atlas");
}

QString Settings::filePath() const { return m_store->fileName(); }

bool Settings::sync()
{
    m_store->sync();
    return m_store->status() == QSettings::NoError;
}

QVariant Settings::value(const QString& key, const QVariant& fallback) const
{
    return m_store->value(key, fallback);
}

void Settings::setValue(const QString& key, const QVariant& value) { m_store->setValue(key, value); }

std::vector<RecentFile> Settings::recentFiles() const
{
    std::vector<RecentFile> files;
    const int stored = m_store->beginReadArray(recentGroup);
    for (int i = 0; i < std::min(stored, maxRecent); ++i) {
        m_store->setArrayIndex(i);
        RecentFile file;
        file.path = m_store->value(QStringLiteral("path")).toString();
        if (file.path.isEmpty())
            continue;
        file.opened =
            QDateTime::fromString(m_store->value(QStringLiteral("opened")).toString(), Qt::ISODateWithMs);
        file.events = m_store->value(QStringLiteral("events")).toULongLong();
        file.peakBytes = m_store->value(QStringLiteral("peakBytes")).toULongLong();
        file.fingerprint =
            QByteArray::fromBase64(m_store->value(QStringLiteral("fingerprint")).toByteArray());
        file.curve = curveFromText(m_store->value(QStringLiteral("curve")).toString());
        file.exists = QFileInfo::exists(file.path);
        files.push_back(std::move(file));
    }
    m_store->endArray();
    return files;
}

void Settings::rememberRecent(const RecentFile& file)
{
    RecentFile newest = file;
    newest.path = normalized(file.path);
    if (!newest.opened.isValid())
        newest.opened = QDateTime::currentDateTimeUtc();
    std::vector<RecentFile> files = recentFiles();
    std::erase_if(files, [&](const RecentFile& other) { return other.path == newest.path; });
    files.insert(files.begin(), std::move(newest));
    if (files.size() > static_cast<std::size_t>(maxRecent))
        files.resize(static_cast<std::size_t>(maxRecent));
    writeRecent(*m_store, files);
}

void Settings::removeRecent(const QString& path)
{
    std::vector<RecentFile> files = recentFiles();
    const QString wanted = normalized(path);
    std::erase_if(files, [&](const RecentFile& other) { return other.path == wanted; });
    writeRecent(*m_store, files);
}

void Settings::clearRecent() { m_store->remove(recentGroup); }

} // namespace heapatlas
