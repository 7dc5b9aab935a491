// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/bookmark.h"
#include "session/bookmarkstore.h"
#include "session/settings.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace heapatlas;

namespace {

Bookmark marked(const char* name, std::uint64_t event)
{
    Bookmark bookmark = bookmarks::make({}, {});
    bookmark.name = QString::fromUtf8(name);
    bookmark.place.event = event;
    bookmark.place.view = QStringLiteral("map");
    return bookmark;
}

QString fileOf(const QTemporaryDir& folder, const char* name, const QByteArray& content)
{
    const QString path = folder.filePath(QLatin1String(name));
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
        qFatal("no test file");
    return path;
}

} // namespace

class TestBookmark : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void namesAreFree();
    void jsonKeepsAll();
    void oneBadEntryDoesNotHarmTheOthers();
    void othersFilesAreRefusedWithAWord_data();
    void othersFilesAreRefusedWithAWord();
    void staysWithATraceThatIsMoved();
    void tracesAreToldApart();
    void nothingIsWrittenBesideTheTrace();
    void whatCannotBeReadIsNotLost();
    void aPipeIsNotWaitedFor();

private:
    QTemporaryDir m_config;
};

void TestBookmark::initTestCase() { Settings::setDirectory(m_config.path()); }

void TestBookmark::namesAreFree()
{
    QList<Bookmark> list { marked("Bookmark 1", 5), marked("Bookmark 3", 4) };
    QCOMPARE(bookmarks::freeName(list), QStringLiteral("Bookmark 2"));
    QVERIFY(bookmarks::make({}, list).id != bookmarks::make({}, list).id);
    bookmarks::sortByTime(list);
    QCOMPARE(list.front().name, QStringLiteral("Bookmark 3"));
}

void TestBookmark::jsonKeepsAll()
{
    QList<Bookmark> list { marked("erster „Fund“", 7), marked("second", 1'000'000'000'000) };
    list[0].note = QStringLiteral("two\nlines, \"quoted\"");
    list[1].place.selection = { Selection::What::Page, { Address { 0x1000 }, Address { 0x2000 } } };
    const bookmarks::Read back = bookmarks::fromJson(bookmarks::toJson(list, QStringLiteral("x.hat")));
    QVERIFY2(back.problem.isEmpty(), qPrintable(back.problem));
    QVERIFY(back.list == list);
}

void TestBookmark::oneBadEntryDoesNotHarmTheOthers()
{
    QByteArray json = bookmarks::toJson({ marked("a", 1), marked("b", 2), marked("c", 3) }, {});
    json.replace("\"event\": \"2\"", "\"event\": \"two\"");
    const bookmarks::Read read = bookmarks::fromJson(json);
    QCOMPARE(read.list.size(), 2);
    QCOMPARE(read.skipped, 1);
    QVERIFY(!read.problem.isEmpty());
}

void TestBookmark::othersFilesAreRefusedWithAWord_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("no json") << QByteArray("HEAPATLS\0\1\2", 11);
    QTest::newRow("other json") << QByteArray("{\"bookmarks\": []}");
    QTest::newRow("cut") << bookmarks::toJson({ marked("a", 1) }, {}).left(60);
    QTest::newRow("newer") << bookmarks::toJson({}, {}).replace("\"version\": 1", "\"version\": 99");
    QTest::newRow("deep") << QByteArray(100'000, '[');
}

void TestBookmark::othersFilesAreRefusedWithAWord()
{
    QFETCH(QByteArray, content);
    const bookmarks::Read read = bookmarks::fromJson(content);
    QVERIFY(read.list.isEmpty());
    QVERIFY(!read.problem.isEmpty());
}

void TestBookmark::staysWithATraceThatIsMoved()
{
    QTemporaryDir folder;
    const QString path = fileOf(folder, "a.hat", QByteArray(300'000, 'a'));
    QVERIFY(BookmarkStore(path).load().list.isEmpty());
    const QList<Bookmark> list { marked("here", 42) };
    QVERIFY(BookmarkStore(path).save(list));
    QVERIFY(BookmarkStore(path).load().list == list);
    const QString moved = folder.filePath(QStringLiteral("b.hat"));
    QVERIFY(QFile::rename(path, moved));
    QVERIFY(BookmarkStore(moved).load().list == list);
    QVERIFY(BookmarkStore(moved).save({}));
    QVERIFY(!QFile::exists(BookmarkStore(moved).path()));
}

void TestBookmark::tracesAreToldApart()
{
    QTemporaryDir folder;
    QByteArray content(300'000, 'a');
    const QString plain = BookmarkStore::identityOf(fileOf(folder, "a", content));
    content[10] = 'b';
    const QString head = BookmarkStore::identityOf(fileOf(folder, "b", content));
    content[10] = 'a';
    content[299'990] = 'b';
    const QString tail = BookmarkStore::identityOf(fileOf(folder, "c", content));
    const QString longer = BookmarkStore::identityOf(fileOf(folder, "d", QByteArray(300'001, 'a')));
    const QString small = BookmarkStore::identityOf(fileOf(folder, "e", QByteArray(70'000, 'a')));
    QCOMPARE((QSet<QString> { plain, head, tail, longer, small, QString() }.size()), 6);
}

void TestBookmark::nothingIsWrittenBesideTheTrace()
{
    QTemporaryDir folder;
    const QString path = fileOf(folder, "a.hat", "some trace");
    QVERIFY(BookmarkStore(path).save({ marked("x", 1) }));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList { QStringLiteral("a.hat") });
    QVERIFY(BookmarkStore(path).path().startsWith(m_config.path()));
}

void TestBookmark::whatCannotBeReadIsNotLost()
{
    QTemporaryDir folder;
    const BookmarkStore store(fileOf(folder, "a.hat", "another trace"));
    QVERIFY(store.save({ marked("x", 1) }));
    QFile file(store.path());
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("my precious notes, damaged");
    file.close();
    QVERIFY(!store.load().problem.isEmpty());
    QVERIFY(store.save({ marked("y", 2) }));
    QFile kept(store.path() + QStringLiteral(".unread"));
    QVERIFY(kept.open(QIODevice::ReadOnly));
    QCOMPARE(kept.readAll(), QByteArray("my precious notes, damaged"));
}

void TestBookmark::aPipeIsNotWaitedFor()
{
    QVERIFY(!BookmarkStore(QStringLiteral("/dev/stdin")).isValid()
        || QFileInfo(QStringLiteral("/dev/stdin")).isFile());
    QVERIFY(!BookmarkStore(QStringLiteral("/nowhere/x.hat")).isValid());
    QVERIFY(!BookmarkStore(QStringLiteral("/nowhere/x.hat")).save({ marked("x", 1) }));
}

QTEST_GUILESS_MAIN(TestBookmark)
#include "tst_bookmark.moc"
