// SPDX-License-Identifier: GPL-3.0-or-later
#include "lint/sourcerules.h"

#include <QtTest/QtTest>

#include <fstream>
#include <iterator>
#include <string>

using namespace heapatlas::lint;

namespace {

const std::filesystem::path root = HEAPATLAS_SOURCE_DIR;
const std::filesystem::path fixtures = root / "tests/lint/fixtures";
const std::filesystem::path qtIncludes = HEAPATLAS_QT_INCLUDES;

QStringList texts(const Violations& violations)
{
    QStringList list;
    for (const Violation& violation : violations)
        list.append(QString::fromStdString(violation.text()));
    return list;
}

/// Shows each violation on a line of its own before failing: people want all of them, not the first.
bool isEmpty(const Violations& violations)
{
    for (const Violation& violation : violations)
        qWarning("%s", violation.text().c_str());
    return violations.empty();
}

std::string contentOf(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return { std::istreambuf_iterator<char>(in), {} };
}

} // namespace

/// The rules of the house over the whole tree, and over a small tree that breaks each of them.
class TestLint : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void looksAtTheWholeTree();
    void includesPointDown();
    void sourcesNameTheirLicence();
    void noMachineIsNamed();
    void filesAreShort();
    void habitsAreKept();

    void findsForbiddenIncludes();
    void findsMissingLicence();
    void findsMachinePaths();
    void findsLongFiles();
    void findsBadHabits();
};

void TestLint::looksAtTheWholeTree()
{
    QVERIFY(sourceCount(root) > 30);
    QVERIFY(std::filesystem::exists(qtIncludes / "QtCore/QObject"));
}

void TestLint::includesPointDown() { QVERIFY(isEmpty(checkIncludes(root, qtIncludes))); }
void TestLint::sourcesNameTheirLicence() { QVERIFY(isEmpty(checkLicences(root))); }
void TestLint::noMachineIsNamed() { QVERIFY(isEmpty(checkPaths(root))); }
void TestLint::filesAreShort()
{
    QVERIFY(isEmpty(checkLengths(root, contentOf(root / "tests/lint/longfiles.txt"))));
}
void TestLint::habitsAreKept() { QVERIFY(isEmpty(checkHabits(root))); }

void TestLint::findsForbiddenIncludes()
{
    const QStringList expected = {
        QStringLiteral("src/attic/leaks.h: folder attic is not in the table of layers"),
        QStringLiteral("src/base/upward.h:6: base must not include src/trace/reader.h"),
        QStringLiteral("src/base/upward.h:7: base must not include src/trace/reader.h"),
        QStringLiteral("src/base/upward.h:8: base must not use QtCore (QString)"),
        QStringLiteral("src/base/upward.h:9: base must not use QtCore (QtCore/QVector)"),
        QStringLiteral("src/base/upward.h:10: no such header in src or ui: base/gone.h"),
        QStringLiteral("src/php/recorder.c:3: php must not include src/trace/reader.h"),
        QStringLiteral("src/session/painted.h:5: session must not use QtGui (QColor)"),
        QStringLiteral("src/session/painted.h:6: session must not use QtWidgets (QWidget)"),
        QStringLiteral("src/session/painted.h:7: session must not use QCustomPlot"),
        QStringLiteral("ui/deep.cpp:2: ui must not include src/trace/reader.h"),
    };
    QCOMPARE(texts(checkIncludes(fixtures, qtIncludes)), expected);
}

void TestLint::findsMissingLicence()
{
    const QStringList expected = {
        QStringLiteral("src/php/recorder.c:1: no line \"SPDX-License-Identifier: MIT\""),
        QStringLiteral("ui/deep.cpp:1: no line \"SPDX-License-Identifier: GPL-3.0-or-later\""),
    };
    QCOMPARE(texts(checkLicences(fixtures)), expected);
}

void TestLint::findsMachinePaths()
{
    const QStringList expected = { QStringLiteral("src/trace/reader.h:5: names a place of one machine") };
    QCOMPARE(texts(checkPaths(fixtures)), expected);
}

void TestLint::findsLongFiles()
{
    QCOMPARE(texts(checkLengths(fixtures, "")),
        QStringList { QStringLiteral("src/trace/long.h:301: 301 lines, 300 at most") });
    QCOMPARE(
        checkLengths(fixtures, "# comment\nsrc/trace/long.h: a table that belongs together\n").size(), 0U);

    const QStringList expected = {
        QStringLiteral("src/trace/long.h: is allowed to be long without a reason"),
        QStringLiteral("src/trace/reader.h: is short enough and needs no leave any more"),
        QStringLiteral("src/trace/gone.h: is allowed to be long, but is not there"),
    };
    QCOMPARE(
        texts(checkLengths(fixtures,
            "src/trace/long.h:\nsrc/trace/reader.h: it was long once\nsrc/trace/gone.h: it was long once\n")),
        expected);
}

void TestLint::findsBadHabits()
{
    const QStringList expected = {
        QStringLiteral("src/CMakeLists.txt:1: sources are listed, not globbed"),
        QStringLiteral("src/trace/reader.h: has neither #pragma once nor a guard"),
    };
    QCOMPARE(texts(checkHabits(fixtures)), expected);
}

QTEST_APPLESS_MAIN(TestLint)
#include "tst_lint.moc"
