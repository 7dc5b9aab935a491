// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/uitestmain.h"

#include "session/document.h"
#include "session/overlaywatch.h"
#include "ui/views/inspector/inspectorview.h"
#include "ui/views/inspector/pinholderrow.h"
#include "ui/views/inspector/pinsection.h"

#include <QLabel>

using namespace heapatlas;
using heapatlas::testing::child;

/// On the sample, at the end of which one block of 320 bytes keeps a chunk of 2 MB.
class TestPinSection : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void tellsWhatPinsTheChunk();
    void aClickSelectsTheBlock();
    void tellsOfTheRunBeforeTheChunk();
    void hidesWhereNothingIsPinned();

private:
    /// Selects the chunk that is least used, and waits for what pins it.
    AddressRange selectEmptiestChunk();

    std::unique_ptr<Document> m_document;
    std::unique_ptr<InspectorView> m_view;
};

void TestPinSection::init()
{
    m_view = std::make_unique<InspectorView>();
    m_document = std::make_unique<Document>(
        QStringLiteral(HEAPATLAS_SOURCE_DIR "/resources/samples/import-orders.hat"));
    m_document->setWindow(Detail::Regions, AddressRange::everything());
    m_view->setDocument(m_document.get());
    m_view->resize(340, 700);
    m_view->show();
    QTRY_VERIFY_WITH_TIMEOUT(
        m_document->phase() == Document::Phase::Ready && m_document->isSnapshotCurrent(), 60'000);
}

AddressRange TestPinSection::selectEmptiestChunk()
{
    m_document->overlayWatch()->setWanted(this, OverlayWatch::Pins);
    if (!QTest::qWaitFor([this] { return m_document->overlayWatch()->isCurrent(); }, 60'000))
        return {};
    const Pin pin = m_document->overlayWatch()->overlays()->pins->chunks().front();
    m_document->setSelection({ Selection::What::Chunk, pin.range });
    return pin.range;
}

void TestPinSection::tellsWhatPinsTheChunk()
{
    const AddressRange chunk = selectEmptiestChunk();
    QCOMPARE(chunk.size(), Bytes { 2 } << 20);
    auto* section = child<PinSection>(*m_view, "inspectorPins");
    QVERIFY(section->isVisible());
    const QString finding = child<QLabel>(*section, "pinFinding")->text();
    QVERIFY2(finding.contains(QStringLiteral("1 block from 1 site holds it")), qPrintable(finding));
    QVERIFY2(finding.contains(QStringLiteral("Without it, 2.00 MB would go back")), qPrintable(finding));
    const auto rows = section->findChildren<PinHolderRow*>();
    QVERIFY(rows.front()->isVisible());
    QVERIFY(rows.front()->accessibleName().contains(QStringLiteral("preg_match_all")));
    QVERIFY(!rows.at(1)->isVisible());
}

void TestPinSection::aClickSelectsTheBlock()
{
    const AddressRange chunk = selectEmptiestChunk();
    auto* section = child<PinSection>(*m_view, "inspectorPins");
    QTest::keyClick(section->findChildren<PinHolderRow*>().front(), Qt::Key_Return);
    const Selection selection = m_document->selection();
    QCOMPARE(selection.what, Selection::What::Block);
    QCOMPARE(selection.range.size(), Bytes { 320 });
    QVERIFY(chunk.contains(selection.range.begin));
    QTRY_VERIFY_WITH_TIMEOUT(m_document->details() != nullptr, 60'000);
}

void TestPinSection::tellsOfTheRunBeforeTheChunk()
{
    selectEmptiestChunk();
    const PinTablePtr table = m_document->overlayWatch()->overlays()->pins;
    const Pin run = table->runs().front();
    m_document->setSelection({ Selection::What::Region, run.range });
    QCOMPARE(pinOf(*table, m_document->selection())->what, Pin::What::SmallRun);
    const QString finding = child<QLabel>(*m_view, "pinFinding")->text();
    QVERIFY2(finding.contains(QStringLiteral("gc_mem_caches()")), qPrintable(finding));
}

void TestPinSection::hidesWhereNothingIsPinned()
{
    selectEmptiestChunk();
    m_document->setSelection({});
    QVERIFY(!child<PinSection>(*m_view, "inspectorPins")->isVisible());
}

HEAPATLAS_UI_TEST_MAIN(TestPinSection)
#include "tst_pinsection.moc"
