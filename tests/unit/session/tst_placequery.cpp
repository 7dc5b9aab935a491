// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/placequery.h"

#include <QRandomGenerator>
#include <QTest>

using namespace heapatlas;

namespace {

QString described(const std::vector<place::Any>& places)
{
    QStringList words;
    for (const place::Any& any : places) {
        if (const auto* event = std::get_if<place::Event>(&any))
            words << QStringLiteral("event %1").arg(event->event);
        else if (const auto* exact = std::get_if<place::Exact>(&any))
            words << QStringLiteral("address %1").arg(exact->address.value, 0, 16);
        else if (const auto* tail = std::get_if<place::Tail>(&any))
            words << QStringLiteral("tail %1/%2").arg(tail->value, 0, 16).arg(tail->digits);
        else if (const auto* page = std::get_if<place::Page>(&any)) {
            const auto part = [](const char* name, const std::optional<std::uint32_t>& value) {
                return value ? QStringLiteral("%1 %2 ").arg(QLatin1String(name)).arg(*value) : QString();
            };
            words << (part("chunk", page->chunk) + part("page", page->page) + part("slot", page->slot))
                         .trimmed();
        }
    }
    return words.join(QStringLiteral(", "));
}

} // namespace

class TestPlaceQuery : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void understands_data();
    void understands();
    void bearsAnything();
    void findsTailsInTheHeap();
};

void TestPlaceQuery::understands_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("places");
    const auto row = [](const char* text, const char* places) {
        QTest::newRow(text) << QString::fromUtf8(text) << QString::fromLatin1(places);
    };
    row("", "");
    row("0x7f4c2cb0b738", "address 7f4c2cb0b738");
    row("0X7F4C2CB0B738", "address 7f4c2cb0b738");
    row("0x7f4c 2cb0 b738", "address 7f4c2cb0b738");
    row("0xffffffffffffffff", "address ffffffffffffffff");
    row("0x10000000000000000", "");
    row("0x", "");
    row("0xyz", "");
    row("b0b738", "tail b0b738/6");
    row("…b0b738", "tail b0b738/6");
    row("...b0b738", "tail b0b738/6");
    row("…8", "tail 8/1");
    row("ab", "");
    row("add", "tail add/3"); // also the name of a function: sites are searched besides
    row("event 12345", "event 12345");
    row("event 12 345", "event 12345");
    row("@12,345", "event 12345");
    row("12345", "event 12345, tail 12345/5");
    row("987 591", "event 987591");
    row("18446744073709551615", "event 18446744073709551615");
    row("18446744073709551616", "");
    row("@", "");
    row("event", "");
    row("events", "");
    row("page 267", "page 267");
    row("page267", "page 267");
    row("p267", "page 267");
    row("chunk 2", "chunk 2");
    row("Chunk 2, page 267, slot 33", "chunk 2 page 267 slot 33");
    row("chunk 2 page 267", "chunk 2 page 267");
    row("chunk 2 pa", "chunk 2"); // still being typed
    row("chunk 2 page 267 slot", "chunk 2 page 267");
    row("chunk 2 what", "");
    row("slot 33", "");
    row("chunk 2 slot 33", "");
    row("chunk 2 chunk 3", "");
    row("page 99999999999", "");
    row("page -1", "");
    row("MetricsBuffer::push", "");
}

void TestPlaceQuery::understands()
{
    QFETCH(QString, text);
    QFETCH(QString, places);
    QCOMPARE(described(parsePlaces(text)), places);
}

void TestPlaceQuery::bearsAnything()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    const QString letters = QStringLiteral("0x19afpageevntchuk @….,'_ \n");
    for (int round = 0; round < 20'000; ++round) {
        QString text;
        for (int i = random.bounded(24); i > 0; --i)
            text += letters[random.bounded(static_cast<int>(letters.size()))];
        QVERIFY(parsePlaces(text).size() <= 3);
    }
    QVERIFY(parsePlaces(QString(100'000, u'f')).empty());
}

void TestPlaceQuery::findsTailsInTheHeap()
{
    const AddressRange heap { Address { 0x7f4c2c600000 }, Address { 0x7f4c2d000000 } };
    const auto one = addressesEndingIn({ 0xb0b738, 6 }, heap, 8);
    QCOMPARE(one.size(), std::size_t { 1 });
    QCOMPARE(one[0].value, std::uint64_t { 0x7f4c2cb0b738 });
    QVERIFY(addressesEndingIn({ 0x10b738, 6 }, heap, 8).empty());
    const auto many = addressesEndingIn({ 0x738, 3 }, heap, 4);
    QCOMPARE(many.size(), std::size_t { 4 });
    QCOMPARE(many[0].value, std::uint64_t { 0x7f4c2c600738 });
    QCOMPARE(many[1].value, std::uint64_t { 0x7f4c2c601738 });
    // The top of the address space.
    const AddressRange top { Address { ~std::uint64_t { 0 } - 0xfff }, Address { ~std::uint64_t { 0 } } };
    QCOMPARE(addressesEndingIn({ 0x738, 3 }, top, 4).size(), std::size_t { 1 });
    QVERIFY(addressesEndingIn({ 0x738, 3 }, {}, 4).empty());
}

QTEST_GUILESS_MAIN(TestPlaceQuery)
#include "tst_placequery.moc"
