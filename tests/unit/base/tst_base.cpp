// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/address.h"
#include "base/error.h"
#include "base/formatsize.h"
#include "base/result.h"

#include <QtTest/QtTest>

#include <memory>
#include <set>
#include <string>
#include <unordered_set>

using namespace heapatlas;

class TestBase : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void alignsDownToPowersOfTwo();
    void rangesAreHalfOpen();
    void emptyRangesContainNothing();
    void everythingContainsEveryAddress();
    void hashSpreadsAlignedAddresses();
    void sizesAreRoundedForPeople_data();
    void sizesAreRoundedForPeople();
    void noSizeShowsAThousandOfItsUnit();
    void countsAreGrouped();
    void addressesAreHexadecimal();
    void everyErrorHasItsOwnName();
    void resultHoldsValueOrError();
    void resultMovesWhatCannotBeCopied();
    void resultOfNothing();
};

void TestBase::alignsDownToPowersOfTwo()
{
    constexpr Address address { 0x7f4c2cb0b738 };
    static_assert(address.alignedDown(0x200000).value == 0x7f4c2ca00000);
    static_assert(address.offsetIn(0x200000) == 0x10b738);
    for (Bytes alignment = 1; alignment != 0; alignment <<= 1) {
        QCOMPARE(address.alignedDown(alignment).value + address.offsetIn(alignment), address.value);
        QVERIFY(address.offsetIn(alignment) < alignment);
    }
    QVERIFY(Address {}.isNull());
    QVERIFY(!address.isNull());
}

void TestBase::rangesAreHalfOpen()
{
    const AddressRange range { { 100 }, { 200 } };
    QCOMPARE(range.size(), Bytes { 100 });
    QVERIFY(range.contains({ 100 }));
    QVERIFY(range.contains({ 199 }));
    QVERIFY(!range.contains({ 200 }));
    QVERIFY(!range.contains({ 99 }));
    QVERIFY(!range.overlaps({ { 200 }, { 300 } })); // neighbours share nothing
    QVERIFY(!range.overlaps({ { 0 }, { 100 } }));
    QVERIFY(range.overlaps({ { 199 }, { 300 } }));
    QVERIFY(range.overlaps({ { 120 }, { 130 } }));
}

void TestBase::emptyRangesContainNothing()
{
    const AddressRange empty { { 100 }, { 100 } };
    QVERIFY(empty.isEmpty());
    QVERIFY(!empty.contains({ 100 }));
    QVERIFY((AddressRange { { 200 }, { 100 } }.isEmpty()));
}

void TestBase::everythingContainsEveryAddress()
{
    constexpr AddressRange all = AddressRange::everything();
    QVERIFY(all.contains({ 0 }));
    QVERIFY(all.contains({ 0x7fffffffffff }));
    QVERIFY(all.overlaps({ { 1 }, { 2 } }));
}

// Slots of one bin differ in few low bits; a table with power-of-two buckets must still not put them into one.
void TestBase::hashSpreadsAlignedAddresses()
{
    std::unordered_set<std::size_t> topBits;
    for (std::uint64_t page = 0; page < 512; ++page)
        topBits.insert(std::hash<Address> {}({ 0x7f0000000000 + page * 4096 }) >> 55);
    QVERIFY2(topBits.size() > 256, qPrintable(QString::number(topBits.size())));
}

void TestBase::sizesAreRoundedForPeople_data()
{
    QTest::addColumn<quint64>("size");
    QTest::addColumn<QString>("text");
    QTest::newRow("nothing") << quint64 { 0 } << QStringLiteral("0 B");
    QTest::newRow("slot") << quint64 { 56 } << QStringLiteral("56 B");
    QTest::newRow("last byte") << quint64 { 1023 } << QStringLiteral("1023 B");
    QTest::newRow("kilobyte") << quint64 { 1024 } << QStringLiteral("1.0 KB");
    QTest::newRow("one decimal") << quint64 { 9830 } << QStringLiteral("9.6 KB");
    QTest::newRow("last kilobyte") << quint64 { 1048524 } << QStringLiteral("1023.9 KB");
    QTest::newRow("rounds up to a megabyte") << quint64 { 1048525 } << QStringLiteral("1.00 MB");
    QTest::newRow("chunk") << quint64 { 2097152 } << QStringLiteral("2.00 MB");
    QTest::newRow("two decimals") << quint64 { 10747904 } << QStringLiteral("10.25 MB");
    QTest::newRow("gigabyte") << quint64 { 1073741824 } << QStringLiteral("1.00 GB");
    QTest::newRow("rounds up to a gigabyte") << quint64 { 1073741823 } << QStringLiteral("1.00 GB");
    QTest::newRow("terabyte") << (quint64 { 1 } << 40) << QStringLiteral("1.00 TB");
    QTest::newRow("petabytes") << (quint64 { 5 } << 50) << QStringLiteral("5.00 PB");
    QTest::newRow("everything") << ~quint64 { 0 } << QStringLiteral("16384.00 PB");
}

void TestBase::sizesAreRoundedForPeople()
{
    QFETCH(quint64, size);
    QFETCH(QString, text);
    QCOMPARE(QString::fromStdString(formatSize(size)), text);
}

void TestBase::noSizeShowsAThousandOfItsUnit()
{
    for (int bit = 10; bit < 60; ++bit) {
        for (Bytes below = 0; below < 3; ++below) {
            const std::string text = formatSize((Bytes { 1 } << bit) - below);
            QVERIFY2(text.find("1024.") == std::string::npos, text.c_str());
        }
    }
}

void TestBase::countsAreGrouped()
{
    QCOMPARE(formatCount(0, " "), std::string("0"));
    QCOMPARE(formatCount(999, " "), std::string("999"));
    QCOMPARE(formatCount(1000, " "), std::string("1 000"));
    QCOMPARE(formatCount(1543111, " "), std::string("1 543 111"));
    QCOMPARE(formatCount(1543111),
        std::string("1\xE2\x80\x89"
                    "543\xE2\x80\x89"
                    "111"));
    QCOMPARE(formatCount(~std::uint64_t { 0 }, ","), std::string("18,446,744,073,709,551,615"));
}

void TestBase::addressesAreHexadecimal()
{
    QCOMPARE(formatAddress({ 0 }), std::string("0x0"));
    QCOMPARE(formatAddress({ 0x7f4c2cb0b738 }), std::string("0x7f4c2cb0b738"));
    QCOMPARE(formatAddress({ ~std::uint64_t { 0 } }), std::string("0xffffffffffffffff"));
}

// Scripts read the names: each must be there, lower case, and mean one code.
void TestBase::everyErrorHasItsOwnName()
{
    std::set<std::string_view> names;
    const int count = static_cast<int>(ErrorCode::BadArgument) + 1;
    for (int code = 0; code < count; ++code) {
        const std::string_view name = errorName(static_cast<ErrorCode>(code));
        QVERIFY(name != "unknown");
        QVERIFY(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos);
        names.insert(name);
    }
    QCOMPARE(names.size(), static_cast<std::size_t>(count));
    QCOMPARE(errorName(static_cast<ErrorCode>(count)), std::string_view("unknown")); // a new code at the end
}

void TestBase::resultHoldsValueOrError()
{
    const Result<int> seven = 7;
    QVERIFY(seven.isOk());
    QVERIFY(static_cast<bool>(seven));
    QCOMPARE(*seven, 7);

    const Result<int> failure = Error { ErrorCode::Truncated, "trace: header", 12 };
    QVERIFY(!failure.isOk());
    QCOMPARE(failure.error().code, ErrorCode::Truncated);
    QCOMPARE(failure.error().offset.value_or(0), std::uint64_t { 12 });

    // An Error as the value of a Result would be ambiguous; a string is not taken for one.
    const Result<std::string> text = std::string("value");
    QCOMPARE(text->size(), std::size_t { 5 });
}

void TestBase::resultMovesWhatCannotBeCopied()
{
    Result<std::unique_ptr<int>> result = std::make_unique<int>(3);
    const std::unique_ptr<int> taken = std::move(*result);
    QCOMPARE(*taken, 3);
}

void TestBase::resultOfNothing()
{
    const Result<void> done;
    QVERIFY(done.isOk());
    const Result<void> failed = Error { ErrorCode::CannotWrite, "disk full", std::nullopt };
    QVERIFY(!failed);
    QVERIFY(!failed.error().offset.has_value());
}

QTEST_APPLESS_MAIN(TestBase)
#include "tst_base.moc"
