// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/settings.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest>

using namespace heapatlas;

class TestSettings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void valuesComeBackAfterReopening();
    void folderIsMadeAndHoldsAnIni();
    void recentFilesKeepTheirOrder();
    void recentFilesComeBackWhole();
    void recentFilesAreAtMostTen();
    void missingRecentFilesStayListed();
    void strangeContentIsSkipped();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestSettings::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    Settings::setDirectory(m_folder->filePath(QStringLiteral("a/b")));
}

void TestSettings::valuesComeBackAfterReopening()
{
    Settings::instance().setValue(QStringLiteral("view/theme"), QStringLiteral("dark"));
    QVERIFY(Settings::instance().sync());
    Settings::setDirectory(m_folder->filePath(QStringLiteral("other")));
    QCOMPARE(Settings::instance().value(QStringLiteral("view/theme"), QStringLiteral("none")).toString(),
        QStringLiteral("none"));
    Settings::setDirectory(m_folder->filePath(QStringLiteral("a/b")));
    QCOMPARE(Settings::instance().value(QStringLiteral("view/theme")).toString(), QStringLiteral("dark"));
}

void TestSettings::folderIsMadeAndHoldsAnIni()
{
    QVERIFY(Settings::instance().sync());
    QFile ini(Settings::instance().filePath());
    QVERIFY(ini.fileName().startsWith(m_folder->path()));
    QVERIFY(ini.open(QIODevice::ReadOnly));
    QVERIFY(ini.readAll().contains("version=1"));
}

void TestSettings::recentFilesKeepTheirOrder()
{
    Settings& settings = Settings::instance();
    for (const char* name : { "/t/a.hat", "/t/b.hat", "/t/c.hat", "/t/../t/a.hat" })
        settings.rememberRecent({ QString::fromLatin1(name), {}, 0, 0, {}, {}, true });
    QStringList paths;
    for (const RecentFile& file : settings.recentFiles())
        paths += file.path;
    QCOMPARE(paths,
        (QStringList { QStringLiteral("/t/a.hat"), QStringLiteral("/t/c.hat"), QStringLiteral("/t/b.hat") }));
    settings.removeRecent(QStringLiteral("/t/c.hat"));
    QCOMPARE(settings.recentFiles().size(), std::size_t { 2 });
    settings.clearRecent();
    QVERIFY(settings.recentFiles().empty());
}

void TestSettings::recentFilesComeBackWhole()
{
    RecentFile file;
    file.path = QStringLiteral("/t/ä b;c,%.hat");
    file.opened = QDateTime(QDate(2026, 5, 4), QTime(3, 2, 1, 500), Qt::UTC);
    file.events = std::uint64_t { 1 } << 60;
    file.peakBytes = 12345;
    for (int i = 0; i < 256; ++i)
        file.fingerprint += static_cast<char>(i);
    for (int i = 0; i < 80; ++i)
        file.curve.push_back(static_cast<float>(i) / 100.0F);
    Settings::instance().rememberRecent(file);
    QVERIFY(Settings::instance().sync());
    Settings::setDirectory(m_folder->filePath(QStringLiteral("other")));
    Settings::setDirectory(m_folder->filePath(QStringLiteral("a/b")));
    const std::vector<RecentFile> files = Settings::instance().recentFiles();
    QCOMPARE(files.size(), std::size_t { 1 });
    QCOMPARE(files[0].path, file.path);
    QCOMPARE(files[0].opened, file.opened);
    QCOMPARE(files[0].events, file.events);
    QCOMPARE(files[0].peakBytes, file.peakBytes);
    QCOMPARE(files[0].fingerprint, file.fingerprint);
    QCOMPARE(files[0].curve.size(), std::size_t { 64 });
    QVERIFY(qAbs(files[0].curve[63] - 0.63F) < 0.001F);
}

void TestSettings::recentFilesAreAtMostTen()
{
    for (int i = 0; i < 14; ++i)
        Settings::instance().rememberRecent({ QStringLiteral("/t/%1.hat").arg(i), {}, 0, 0, {}, {}, true });
    const std::vector<RecentFile> files = Settings::instance().recentFiles();
    QCOMPARE(files.size(), std::size_t { 10 });
    QCOMPARE(files.front().path, QStringLiteral("/t/13.hat"));
    QCOMPARE(files.back().path, QStringLiteral("/t/4.hat"));
}

void TestSettings::missingRecentFilesStayListed()
{
    const QString there = m_folder->filePath(QStringLiteral("there.hat"));
    QFile file(there);
    QVERIFY(file.open(QIODevice::WriteOnly));
    Settings::instance().rememberRecent({ there, {}, 0, 0, {}, {}, true });
    QVERIFY(Settings::instance().recentFiles().front().exists);
    QVERIFY(file.remove());
    QCOMPARE(Settings::instance().recentFiles().size(), std::size_t { 1 });
    QVERIFY(!Settings::instance().recentFiles().front().exists);
}

void TestSettings::strangeContentIsSkipped()
{
    const QString folder = m_folder->filePath(QStringLiteral("strange"));
    QVERIFY(QDir().mkpath(folder));
    QFile ini(folder + QStringLiteral("/heap-atlas.ini"));
    QVERIFY(ini.open(QIODevice::WriteOnly));
    ini.write("[recent]\nsize=99999\n1\\path=/t/a.hat\n1\\curve=0.5 x "
              "0.7\n1\\opened=never\n2\\path=\n[\nnonsense\0\1");
    ini.close();
    Settings::setDirectory(folder);
    const std::vector<RecentFile> files = Settings::instance().recentFiles();
    QCOMPARE(files.size(), std::size_t { 1 });
    QCOMPARE(files[0].curve, std::vector<float> { 0.5F });
    QVERIFY(!files[0].opened.isValid());
}

QTEST_APPLESS_MAIN(TestSettings)
#include "tst_settings.moc"
