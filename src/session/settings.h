// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QString>
#include <QVariant>

#include <cstdint>
#include <memory>
#include <vector>

class QSettings;

namespace heapatlas {

/// An entry of the list of recent files, with what its card shows.
struct RecentFile
{
    QString path;
    QDateTime opened;
    std::uint64_t events = 0;
    std::uint64_t peakBytes = 0;
    QByteArray fingerprint; ///< PNG of its map, may be empty
    std::vector<float> curve; ///< live bytes, 0 … 1, at most 64 points
    bool exists = true; ///< checked when listed
};

/// Settings as INI in the XDG config directory; `--config DIR` or HEAPATLAS_CONFIG override. GUI thread only.
class Settings
{
public:
    /// Where the INI file lives from now on; DIR is created. Call it before the first instance() if nothing
    /// may be read from the usual place; later it writes what is pending there and goes on with the new file.
    static void setDirectory(const QString& dir);
    static Settings& instance();
    ~Settings();
    Settings(const Settings&) = delete;
    Settings& operator=(const Settings&) = delete;

    /// Where data that is no setting is kept: in the XDG data directory, or beside the settings where those were
    /// sent elsewhere.
    [[nodiscard]] static QString dataDirectory();

    static constexpr int maxRecent = 10;
    [[nodiscard]] QString filePath() const;
    /// Writes what is pending; false if the directory does not let us (settings then last as long as the
    /// program).
    bool sync();

    [[nodiscard]] QVariant value(const QString& key, const QVariant& fallback = {}) const;
    void setValue(const QString& key, const QVariant& value);

    [[nodiscard]] std::vector<RecentFile> recentFiles() const; ///< newest first, at most 10
    void rememberRecent(const RecentFile& file);
    void removeRecent(const QString& path);
    void clearRecent();

private:
    Settings();
    std::unique_ptr<QSettings> m_store;
};

} // namespace heapatlas
