// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/document.h"
#include "session/fuzzymatch.h"

#include <QFile>
#include <QSignalSpy>
#include <QTest>

#include <map>

using namespace heapatlas;

namespace {

const QString samplePath = QStringLiteral(HEAPATLAS_SOURCE_DIR "/resources/samples/import-orders.hat");
constexpr int loadMs = 120'000;

} // namespace

class TestSiteIndex : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void countsWhatIsLiveAtTheCursor_data();
    void countsWhatIsLiveAtTheCursor();
    void findsByNameAndBySize();
    void anEmptyTraceHasNoSites();

private:
    bool count(std::uint64_t event);
    std::unique_ptr<Document> m_document;
};

void TestSiteIndex::initTestCase()
{
    m_document = std::make_unique<Document>(samplePath);
    QVERIFY(QTest::qWaitFor([&] { return m_document->phase() == Document::Phase::Ready; }, loadMs));
}

bool TestSiteIndex::count(std::uint64_t event)
{
    m_document->setWindow(Detail::Blocks, AddressRange::everything());
    m_document->setCursor(event);
    m_document->requestSites();
    return QTest::qWaitFor(
        [&] {
            return m_document->isSnapshotCurrent() && m_document->sites()
                && m_document->sites()->event() == event;
        },
        loadMs);
}

void TestSiteIndex::countsWhatIsLiveAtTheCursor_data()
{
    QTest::addColumn<quint64>("event");
    const quint64 events = m_document->eventCount();
    QTest::newRow("half") << events / 2;
    QTest::newRow("one more") << events / 2 + 1;
    QTest::newRow("early") << events / 50;
    QTest::newRow("end") << events;
    QTest::newRow("begin") << quint64 { 0 };
}

void TestSiteIndex::countsWhatIsLiveAtTheCursor()
{
    QFETCH(quint64, event);
    QVERIFY(count(event));
    std::map<std::uint32_t, std::pair<std::uint64_t, Bytes>> counted;
    for (const BlockRow& block : m_document->snapshot()->blocks()) {
        const std::uint32_t site = m_document->siteOf(block.stack);
        if (site == 0)
            continue;
        ++counted[site].first;
        counted[site].second += block.size;
        QCOMPARE(m_document->sites()->find(site)->name, m_document->siteName(block.stack));
    }
    QCOMPARE(event == 0 || event == m_document->eventCount() || !counted.empty(), true);
    for (const Site& site : m_document->sites()->sites()) {
        const auto it = counted.find(site.id);
        QCOMPARE(site.blocks, it == counted.end() ? 0 : it->second.first);
        QCOMPARE(site.bytes, it == counted.end() ? 0 : it->second.second);
    }
}

void TestSiteIndex::findsByNameAndBySize()
{
    QVERIFY(count(m_document->eventCount() / 2));
    const SiteIndexPtr sites = m_document->sites();
    const SiteIndex::Hits largest = sites->search(FuzzyPattern(u""), 5);
    QVERIFY(largest.best.size() == 5 && largest.total > 5);
    for (std::size_t i = 1; i < largest.best.size(); ++i)
        QVERIFY(largest.best[i - 1]->bytes >= largest.best[i]->bytes);
    const Site* wanted = largest.best[2];
    const SiteIndex::Hits found = sites->search(FuzzyPattern(wanted->name), 3);
    QVERIFY(!found.best.empty());
    QCOMPARE(found.best.front()->name, wanted->name);
    QVERIFY(sites->search(FuzzyPattern(u"zzqqxxyy"), 3).best.empty());
    QVERIFY(sites->find(0) == nullptr);
}

void TestSiteIndex::anEmptyTraceHasNoSites()
{
    const SiteIndexPtr none = SiteIndex::make(nullptr, nullptr, nullptr);
    QVERIFY(none->sites().empty());
    QCOMPARE(none->search(FuzzyPattern(u"x"), 3).total, std::size_t { 0 });
}

QTEST_GUILESS_MAIN(TestSiteIndex)
#include "tst_siteindex.moc"
