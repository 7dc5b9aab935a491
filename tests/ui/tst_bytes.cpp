// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/uitestmain.h"

#include "session/document.h"
#include "support/fakebytes.h"
#include "ui/theme/theme.h"
#include "ui/views/bytes/bytespanel.h"
#include "ui/views/bytes/bytestext.h"
#include "ui/views/bytes/bytetints.h"
#include "ui/views/bytes/decodedmodel.h"
#include "ui/views/bytes/hexgrid.h"
#include "ui/views/inspector/inspectorbytes.h"

#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QClipboard>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>

using namespace heapatlas;
using heapatlas::testing::child;
using heapatlas::testing::fakeBytes;

namespace {

const QString samplePath = QStringLiteral(HEAPATLAS_SOURCE_DIR "/resources/samples/import-orders.hat");
constexpr int loadMs = 120'000;

/// For looking at: in the folder that HEAPATLAS_PICTURES names.
void keepPicture(QWidget& widget, const char* name)
{
    const QString folder = qEnvironmentVariable("HEAPATLAS_PICTURES");
    if (!folder.isEmpty())
        widget.grab().save(QStringLiteral("%1/%2.png").arg(folder, QLatin1String(name)));
}

} // namespace

class TestBytes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_document.reset(); }
    void copiesSayWhatIsNotKnown();
    void tooltipNamesFieldOffsetAndValue();
    void modelIsSound();
    void pointsAndBytesAgree_data();
    void pointsAndBytesAgree();
    void keysMoveAndFollow();
    void unknownIsNoZero();
    void tintsKeepTextReadable();
    void assistiveToolsSeeTheFields();
    void panelDecodesAChunkHeader();
    void panelFollowsAFreeLink();
    void panelSaysWhatIsMissing();
    void hoverGoesBothWays();
    void rowsHalveInANarrowWindow();
    void inspectorShowsTheFirstBytes();

private:
    /// Of the main chunk, if that has one; a copy: the next snapshot replaces this one.
    [[nodiscard]] RegionRow region(RegionKind kind) const;
    [[nodiscard]] AddressRange freeSlot() const;
    void select(const Selection& selection) const;

    std::unique_ptr<Document> m_document;
};

void TestBytes::initTestCase()
{
    m_document = std::make_unique<Document>(samplePath);
    QTRY_COMPARE_WITH_TIMEOUT(m_document->phase(), Document::Phase::Ready, loadMs);
    m_document->setCursor(m_document->eventCount() / 2);
    QTRY_VERIFY_WITH_TIMEOUT(m_document->isSnapshotCurrent(), loadMs);
}

RegionRow TestBytes::region(RegionKind kind) const
{
    const SnapshotPtr snapshot = m_document->snapshot();
    RegionRow found;
    for (const RegionRow& r : snapshot->regions()) {
        if (r.kind != kind)
            continue;
        const ChunkRow& chunk = snapshot->chunks()[r.chunk];
        if (found.range.isEmpty() || (chunk.ordinal == 0 && chunk.pageCount != 0))
            found = r;
    }
    return found;
}

/// One that is not the last of its list, so that its link leads somewhere.
AddressRange TestBytes::freeSlot() const
{
    const SnapshotPtr snapshot = m_document->snapshot();
    for (const RegionRow& r : snapshot->regions()) {
        if (r.kind != RegionKind::SmallRun || r.slotCount - r.liveSlots < 3)
            continue;
        for (std::uint32_t slot = 0; slot < r.slotCount; ++slot)
            if (!snapshot->isSlotLive(r, slot))
                return { r.range.begin + Bytes { slot } * r.slotBytes,
                    r.range.begin + Bytes { slot + 1 } * r.slotBytes };
    }
    return {};
}

void TestBytes::select(const Selection& selection) const
{
    m_document->setSelection(selection);
    QTRY_VERIFY(m_document->areBytesCurrent());
}

void TestBytes::copiesSayWhatIsNotKnown()
{
    const auto bytes = fakeBytes();
    const Address begin = bytes->range.begin;
    QCOMPARE(bytestext::asHex(*bytes, { begin, begin + 8 }), QStringLiteral("01 00 00 00 16 00 00 00"));
    QCOMPARE(bytestext::asHex(*bytes, { begin + 62, begin + 66 }), QStringLiteral("00 00 .. .."));
    QCOMPARE(bytestext::asHex(*bytes, { begin, begin + 17 }).count(u'\n'), 1);
    QCOMPARE(bytestext::asText(*bytes, { begin + 24, begin + 36 }), QStringLiteral("queue.import"));
    const QString c = bytestext::asCArray(*bytes, { begin + 60, begin + 66 });
    QVERIFY2(c.contains(QStringLiteral("bytes[6] = {")), qPrintable(c));
    QVERIFY2(c.contains(QStringLiteral("2 of the bytes are not known")), qPrintable(c));
    QVERIFY2(c.contains(QStringLiteral("0x4c, 0x7f, 0x00, 0x00, 0x00, 0x00,")), qPrintable(c));
    // Nothing of what is outside.
    QCOMPARE(bytestext::asHex(*bytes, { begin - 16, begin }), QString());
}

void TestBytes::tooltipNamesFieldOffsetAndValue()
{
    const auto bytes = fakeBytes();
    const QStringList lines = bytestext::tooltipLines(*bytes, bytes->range, bytes->range.begin + 17);
    QCOMPARE(lines.front(), QStringLiteral("len"));
    QVERIFY2(lines[1].startsWith(QStringLiteral("+0x10, 8 B")), qPrintable(lines[1]));
    QCOMPARE(lines[2], QStringLiteral("26"));
    QVERIFY(lines[3].contains(QStringLiteral("1\u2009000 events ago")));
    QVERIFY(bytestext::tooltipLines(*bytes, bytes->range, bytes->range.begin + 70)
                .contains(QStringLiteral("not known")));
}

void TestBytes::modelIsSound()
{
    DecodedModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto bytes = fakeBytes();
    model.setBytes(bytes, bytes->range);
    QCOMPARE(model.rowCount(), 7);
    QCOMPARE(model.rowOf(bytes->range.begin + 30), 4);
    QCOMPARE(model.rowOf(bytes->range.begin + 100), -1);
    QCOMPARE(model.index(2, DecodedModel::Value).data().toString(), QStringLiteral("0xf1b8e47c0a915ed3"));
    QVERIFY(model.index(0, DecodedModel::Name)
                .data(Qt::AccessibleTextRole)
                .toString()
                .startsWith(QStringLiteral("refcount, offset 0, 4 bytes, 1")));
    // The same rows anew: nothing is reset.
    QSignalSpy reset(&model, &DecodedModel::modelReset);
    model.setBytes(fakeBytes(), bytes->range);
    QCOMPARE(reset.count(), 0);
    model.setBytes(nullptr, {});
    QCOMPARE(model.rowCount(), 0);
}

void TestBytes::pointsAndBytesAgree_data()
{
    QTest::addColumn<int>("rowBytes");
    QTest::newRow("8") << 8;
    QTest::newRow("16") << 16;
    QTest::newRow("32") << 32;
}

void TestBytes::pointsAndBytesAgree()
{
    QFETCH(int, rowBytes);
    HexGrid grid;
    grid.setRowBytes(rowBytes);
    const auto bytes = fakeBytes();
    grid.resize(grid.widthFor(rowBytes), 400);
    grid.setBytes(bytes, bytes->range);
    for (Address at = bytes->range.begin; at < bytes->range.end; at = at + 1) {
        const QRect box = grid.byteRect(at);
        QVERIFY(QRect({ 0, 0 }, grid.size()).contains(box));
        QCOMPARE(grid.addressAt(box.center()), at);
    }
    QVERIFY(grid.addressAt({ 2, 5 }).isNull());
    QVERIFY(grid.addressAt({ 200, 399 }).isNull());
}

void TestBytes::keysMoveAndFollow()
{
    HexGrid grid;
    const auto bytes = fakeBytes();
    const Address begin = bytes->range.begin;
    grid.resize(grid.widthFor(16), 3 * grid.rowHeight());
    grid.setBytes(bytes, bytes->range);
    grid.show();
    QTest::keyClick(&grid, Qt::Key_Right);
    QCOMPARE(grid.current(), begin);
    QTest::keyClick(&grid, Qt::Key_Left);
    QCOMPARE(grid.current(), begin);
    QTest::keyClick(&grid, Qt::Key_End);
    QCOMPARE(grid.current(), begin + 15);
    for (int i = 0; i < 20; ++i)
        QTest::keyClick(&grid, Qt::Key_Down);
    QCOMPARE(grid.current(), begin + 111);
    QVERIFY(grid.firstRow() == grid.lastFirstRow()); // it came into view
    QSignalSpy followed(&grid, &HexGrid::pointerFollowed);
    QTest::keyClick(&grid, Qt::Key_Return);
    QCOMPARE(followed.count(), 0); // no pointer there
    grid.setCurrent(begin + 60);
    QTest::keyClick(&grid, Qt::Key_Return);
    QCOMPARE(followed.count(), 1);
    QCOMPARE(followed.front().front().value<Address>(), begin);
    grid.setCurrent(begin + 16);
    QTest::keyClick(&grid, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("1a 00 00 00 00 00 00 00"));
    QMenu menu;
    grid.addCopyActions(&menu);
    QCOMPARE(menu.actions().size(), 3);
}

void TestBytes::unknownIsNoZero()
{
    auto known = fakeBytes();
    auto unknown = fakeBytes();
    std::fill(known->bytes.begin(), known->bytes.end(), std::uint8_t { 0 });
    std::fill(known->origins.begin(), known->origins.end(), ByteOrigin::Recorded);
    unknown->bytes = known->bytes;
    std::fill(unknown->origins.begin(), unknown->origins.end(), ByteOrigin::Unknown);
    HexGrid grid;
    grid.resize(grid.widthFor(16), 200);
    grid.setBytes(known, known->range);
    const QImage zeros = grid.grab().toImage();
    grid.setBytes(unknown, unknown->range);
    QVERIFY(grid.grab().toImage() != zeros);
}

void TestBytes::tintsKeepTextReadable()
{
    for (const Theme* theme : { &lightTheme(), &darkTheme(), &lightContrastTheme(), &darkContrastTheme() }) {
        for (int k = 0; k <= static_cast<int>(FieldKind::Unused); ++k) {
            const QColor tint = bytetints::tint(static_cast<FieldKind>(k), *theme, theme->canvas);
            QVERIFY2(Theme::contrast(theme->text, tint) >= 4.5, qPrintable(theme->id));
            QVERIFY2(Theme::contrast(theme->text2, tint) >= 4.5,
                qPrintable(QStringLiteral("%1 %2: %3")
                               .arg(theme->id)
                               .arg(k)
                               .arg(Theme::contrast(theme->text2, tint))));
        }
    }
}

void TestBytes::assistiveToolsSeeTheFields()
{
    QAccessible::setActive(true);
    HexGrid grid;
    grid.setAccessibleName(QStringLiteral("Bytes"));
    const auto bytes = fakeBytes();
    grid.resize(grid.widthFor(16), 400);
    grid.setBytes(bytes, bytes->range);
    QAccessibleInterface* const all = QAccessible::queryAccessibleInterface(&grid);
    QVERIFY(all != nullptr);
    QCOMPARE(all->childCount(), 7);
    QVERIFY(all->child(3)->text(QAccessible::Name).startsWith(QStringLiteral("len, offset 16, 8 bytes, 26")));
}

void TestBytes::panelDecodesAChunkHeader()
{
    BytesPanel panel;
    panel.resize(1112, BytesPanel::usualHeight);
    panel.setDocument(m_document.get());
    panel.show();
    select({ Selection::What::Region, region(RegionKind::Header).range });
    QTRY_VERIFY(panel.grid()->bytes() != nullptr);
    QVERIFY(panel.message().isEmpty());
    QCOMPARE(panel.grid()->whole().size(), Bytes { 4096 });
    // The heap struct, a bitmap of 512 pages and a word for each.
    QAbstractItemModel* const fields = panel.table()->model();
    QVERIFY(fields->rowCount() > 512 + 8);
    const auto find = [fields](const QString& name) {
        for (int row = 0; row < fields->rowCount(); ++row)
            if (fields->index(row, DecodedModel::Name).data().toString() == name)
                return fields->index(row, DecodedModel::Value).data().toString();
        return QString();
    };
    QCOMPARE(find(QStringLiteral("map[0]")), QStringLiteral("large run, pages: 1"));
    QVERIFY(find(QStringLiteral("free_pages")).toInt() <= 511);
    const HeapTotals& totals = m_document->snapshot()->totals();
    QCOMPARE(find(QStringLiteral("size")).toULongLong(), totals.live);
    QCOMPARE(find(QStringLiteral("real_size")).toULongLong(), totals.real);
    keepPicture(panel, "panel-header");
}

void TestBytes::panelFollowsAFreeLink()
{
    BytesPanel panel;
    panel.resize(1112, BytesPanel::usualHeight);
    panel.setDocument(m_document.get());
    panel.show();
    const AddressRange slot = freeSlot();
    QVERIFY(!slot.isEmpty());
    select({ Selection::What::Slot, slot });
    QTRY_VERIFY(panel.grid()->bytes() != nullptr && panel.grid()->bytes()->range == slot);
    QCOMPARE(panel.grid()->bytes()->fields.front().name, std::string("next_free_slot"));
    QVERIFY(!child<QWidget>(panel, "bytesNote")->isHidden());
    QSignalSpy asked(&panel, &BytesPanel::addressRequested);
    QTest::keyClick(panel.grid(), Qt::Key_Right);
    QCOMPARE(m_document->byteRange(), (AddressRange { slot.begin, slot.begin + 8 }));
    QTest::keyClick(panel.grid(), Qt::Key_Return);
    QCOMPARE(asked.count(), 1);
    const Address next = asked.front().front().value<Address>();
    const RegionRow* const there = m_document->snapshot()->regionAt(next);
    QVERIFY(there != nullptr);
    QCOMPARE(Bytes { there->slotBytes }, slot.size());
    keepPicture(panel, "panel-freeslot");
}

void TestBytes::panelSaysWhatIsMissing()
{
    BytesPanel panel;
    panel.resize(1112, BytesPanel::usualHeight);
    panel.setDocument(m_document.get());
    panel.show();
    m_document->setSelection({});
    QVERIFY(panel.message().contains(QStringLiteral("Select")));
    const RegionRow large = region(RegionKind::LargeRun);
    select({ Selection::What::Block, large.range });
    QTRY_COMPARE(panel.message(),
        QStringLiteral("This trace has no byte contents. Record with contents on to see them."));
    QSignalSpy asked(&panel, &BytesPanel::recordRequested);
    child<QPushButton>(panel, "bytesRecord")->click();
    QCOMPARE(asked.count(), 1);
    keepPicture(panel, "panel-message");
}

void TestBytes::hoverGoesBothWays()
{
    BytesPanel panel;
    panel.resize(1112, BytesPanel::usualHeight);
    panel.setDocument(m_document.get());
    panel.show();
    const RegionRow header = region(RegionKind::Header);
    select({ Selection::What::Region, header.range });
    QTRY_VERIFY(panel.grid()->bytes() != nullptr && panel.grid()->bytes()->range == header.range);
    HexGrid* const grid = panel.grid();
    const QPoint at = grid->byteRect(header.range.begin + 0x1a).center(); // in free_pages
    QMouseEvent move(QEvent::MouseMove, QPointF(at), grid->mapToGlobal(QPointF(at)), Qt::NoButton,
        Qt::NoButton, Qt::NoModifier);
    QApplication::sendEvent(grid, &move);
    const QModelIndexList rows = panel.table()->selectionModel()->selectedRows();
    QCOMPARE(rows.size(), 1);
    QCOMPARE(
        rows.front().siblingAtColumn(DecodedModel::Name).data().toString(), QStringLiteral("free_pages"));
    Q_EMIT panel.table()->entered(panel.table()->model()->index(1, DecodedModel::Name));
    QCOMPARE(grid->highlight(), header.range.begin + 8);
    keepPicture(panel, "panel-hover");
}

void TestBytes::rowsHalveInANarrowWindow()
{
    BytesPanel panel;
    panel.setDocument(m_document.get());
    panel.resize(1279, BytesPanel::usualHeight);
    panel.show();
    QCOMPARE(panel.grid()->rowBytes(), 16);
    panel.resize(1400, BytesPanel::usualHeight);
    QCOMPARE(panel.grid()->rowBytes(), 32);
}

void TestBytes::inspectorShowsTheFirstBytes()
{
    QWidget host;
    InspectorBytes section(&host);
    section.setDocument(m_document.get());
    host.show();
    select({ Selection::What::Region, region(RegionKind::Header).range });
    QTRY_VERIFY(!section.isHidden() && section.grid()->bytes() != nullptr);
    QCOMPARE(section.grid()->rowBytes(), 8);
    QCOMPARE(section.grid()->whole().size(), Bytes { InspectorBytes::shownBytes });
    QVERIFY(section.note().isEmpty());
    select({ Selection::What::Block, region(RegionKind::LargeRun).range });
    QTRY_COMPARE(section.note(), QStringLiteral("This trace has no byte contents."));
    m_document->setSelection({});
    QVERIFY(section.isHidden());
}

HEAPATLAS_UI_TEST_MAIN(TestBytes)
#include "tst_bytes.moc"
