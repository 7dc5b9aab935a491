// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/fuzzymatch.h"

#include <QRandomGenerator>
#include <QStringList>
#include <QTest>

#include <algorithm>

using namespace heapatlas;

class TestFuzzyMatch : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void findsLettersInOrderOnly();
    void marksTheBestLetters_data();
    void marksTheBestLetters();
    void ordersAsPeopleWould_data();
    void ordersAsPeopleWould();
    void neverMarksOtherLetters();
    void bearsEndlessTexts();
    void costOfAHundredThousandNames_data();
    void costOfAHundredThousandNames();
};

void TestFuzzyMatch::findsLettersInOrderOnly()
{
    QVERIFY(FuzzyPattern(u"opush").score(u"Order::push"));
    QVERIFY(FuzzyPattern(u"ORDER push").score(u"Order::push"));
    QVERIFY(!FuzzyPattern(u"pusho").score(u"Order::push"));
    QVERIFY(!FuzzyPattern(u"ppush").score(u"Order::push"));
    QVERIFY(FuzzyPattern(u"  ").isEmpty());
    QVERIFY(FuzzyPattern(u"").score(u"anything"));
    QVERIFY(FuzzyPattern(u"ä").score(u"ÄRGER"));
    QVERIFY(!FuzzyPattern(u"a").score(u""));
}

void TestFuzzyMatch::marksTheBestLetters_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("marked"); // the text with the letters that are not marked as dots
    const auto row = [](const char* pattern, const char* text, const char* marked) {
        QTest::newRow(pattern) << QString::fromLatin1(pattern) << QString::fromLatin1(text)
                               << QString::fromLatin1(marked);
    };
    row("push", "MetricsBuffer::push", "...............push");
    row("mb", "MetricsBuffer::push", "M......B...........");
    row("ij", "ImportJob::run", "I.....J.......");
    row("next gc", "Next GC run", "Next.GC....");
    row("or", "Floor::Order", ".......Or...");
    row("a", "banana", ".a....");
}

void TestFuzzyMatch::marksTheBestLetters()
{
    QFETCH(QString, pattern);
    QFETCH(QString, text);
    QFETCH(QString, marked);
    QString found(text.size(), u'.');
    for (const int at : FuzzyPattern(pattern).letters(text))
        found[at] = text[at];
    QCOMPARE(found, marked);
}

void TestFuzzyMatch::ordersAsPeopleWould_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("better");
    QTest::addColumn<QString>("worse");
    const auto row = [](const char* pattern, const char* better, const char* worse) {
        QTest::newRow(pattern) << QString::fromLatin1(pattern) << QString::fromLatin1(better)
                               << QString::fromLatin1(worse);
    };
    row("push", "Order::push", "PlusHour::add");
    row("add", "add", "addOrder");
    row("order", "Order::add", "Border::add");
    row("fit", "Fit", "Filter by type");
    row("hr", "Job::handleRow", "other");
}

void TestFuzzyMatch::ordersAsPeopleWould()
{
    QFETCH(QString, pattern);
    QFETCH(QString, better);
    QFETCH(QString, worse);
    const FuzzyPattern fuzzy(pattern);
    const auto good = fuzzy.score(better);
    QVERIFY(good);
    QVERIFY(*good > fuzzy.score(worse).value_or(-1000));
}

void TestFuzzyMatch::neverMarksOtherLetters()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    const auto word = [&](int longest) {
        QString text;
        for (int i = random.bounded(longest + 1); i > 0; --i)
            text += QChar(u"abAB:_ 1"[random.bounded(8)]);
        return text;
    };
    int found = 0;
    for (int round = 0; round < 20'000; ++round) {
        const QString pattern = word(5);
        const QString text = word(30);
        const FuzzyPattern fuzzy(pattern);
        const QList<int> letters = fuzzy.letters(text);
        QCOMPARE(fuzzy.score(text).has_value(), fuzzy.isEmpty() || !letters.isEmpty());
        QString spelled;
        int before = -1;
        for (const int at : letters) {
            QVERIFY(at > before && at < text.size());
            before = at;
            spelled += text[at].toLower();
        }
        if (!letters.isEmpty()) {
            ++found;
            QCOMPARE(spelled, QString(pattern).remove(u' ').toLower());
        }
    }
    QVERIFY(found > 500);
}

void TestFuzzyMatch::bearsEndlessTexts()
{
    const QString text(1'000'000, u'a');
    const FuzzyPattern fuzzy(QString(1'000'000, u'a'));
    QVERIFY(fuzzy.score(text));
    QCOMPARE(fuzzy.letters(text).size(), FuzzyPattern::maxPattern);
    QVERIFY(!FuzzyPattern(u"b").score(text));
}

void TestFuzzyMatch::costOfAHundredThousandNames_data()
{
    QTest::addColumn<QString>("pattern");
    for (const char* pattern : { "e", "ord", "orderhandle", "zzq" })
        QTest::newRow(pattern) << QString::fromLatin1(pattern);
}

void TestFuzzyMatch::costOfAHundredThousandNames()
{
    QFETCH(QString, pattern);
    const QStringList words { QStringLiteral("Order"), QStringLiteral("Import"), QStringLiteral("Metrics"),
        QStringLiteral("Handler"), QStringLiteral("Buffer"), QStringLiteral("Row") };
    QStringList names;
    for (int i = 0; i < 100'000; ++i)
        names << words[i % 6] + words[i / 6 % 6] + QStringLiteral("::handle%1").arg(i) + words[i / 36 % 6];
    const FuzzyPattern fuzzy(pattern);
    int found = 0;
    QBENCHMARK
    {
        for (const QString& name : names)
            found += fuzzy.score(name) ? 1 : 0;
    }
    QVERIFY(found >= 0);
}

QTEST_GUILESS_MAIN(TestFuzzyMatch)
#include "tst_fuzzymatch.moc"
