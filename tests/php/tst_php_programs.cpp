// SPDX-License-Identifier: GPL-3.0-or-later
//
// tst_php_programs VARIANT PROGRAM [Qt Test's own arguments]

#include "php/phpprogram.h"
#include "php/phprun.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <algorithm>

using namespace heapatlas::phptest;

/// A real program under the recorder: nothing it does may differ from the plain run, and every placement,
/// sample, usage figure and the final heap must come out of the replay as they were observed.
class TestPhpPrograms : public QObject
{
    Q_OBJECT

public:
    TestPhpPrograms(const QString& variant, const QString& name)
        : m_variant(variant)
        , m_runtime(runtime(variant))
        , m_program(readProgram(QStringLiteral(HEAPATLAS_SOURCE_DIR "/tests/php/programs/%1.php").arg(name)))
    {
    }

private Q_SLOTS:
    void initTestCase();
    void behavesAndReplaysExactly_data();
    void behavesAndReplaysExactly();

private:
    QString m_variant;
    Runtime m_runtime;
    Program m_program;
};

void TestPhpPrograms::initTestCase()
{
    QVERIFY2(m_program.isReadable, qPrintable(m_program.path));
    if (!m_program.variants.isEmpty() && !m_program.variants.contains(m_variant))
        QSKIP("this program shows something that only the other variant has");
    if (!m_runtime.unavailable.isEmpty())
        QSKIP(qPrintable(m_runtime.unavailable));
    for (const QString& extension : m_program.extensions) {
        const QString code =
            QStringLiteral("exit(extension_loaded('%1') || extension_loaded('Zend %1') ? 0 : 1);")
                .arg(extension);
        const Run answer =
            run(m_runtime.command + QStringList { QStringLiteral("-r"), code }, QDir::tempPath());
        if (answer.status != 0)
            QSKIP(qPrintable(QStringLiteral("%1 has no %2").arg(m_runtime.command.first(), extension)));
    }
}

void TestPhpPrograms::behavesAndReplaysExactly_data()
{
    QTest::addColumn<QString>("stacks");
    QTest::newRow("none") << QStringLiteral("none");
    QTest::newRow("full") << QStringLiteral("full");
}

void TestPhpPrograms::behavesAndReplaysExactly()
{
    QFETCH(QString, stacks);
    QTemporaryDir folder;
    QVERIFY(folder.isValid());
    const QString trace = folder.filePath(QStringLiteral("program.hat"));
    const QString programs = QFileInfo(m_program.path).path();
    const QStringList command = m_runtime.command + m_program.arguments();

    const Run plain = run(command, programs);
    QCOMPARE(plain.status, m_program.status);
    const Run watched = run(recorded(command, trace, stacks), programs);

    QCOMPARE(watched.status, plain.status);
    QCOMPARE(watched.output, plain.output); // memory_get_usage() figures are in it
    for (const QByteArray& text : m_program.output)
        QVERIFY2(watched.output.contains(text), watched.output.constData());
    for (const QByteArray& text : m_program.errors)
        QVERIFY2(watched.errors.contains(text), watched.errors.constData());

    const QStringList traces = tracesBeside(trace);
    QCOMPARE(traces.size(), m_program.files);
    for (const QString& file : traces) {
        const QString wrong =
            whatIsNotExact(file, { m_program.leastEvents, true, m_program.lacksFinalState });
        QVERIFY2(wrong.isEmpty(), qPrintable(QFileInfo(file).fileName() + QStringLiteral(": ") + wrong));
    }
}

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() < 3)
        qFatal("usage: tst_php_programs classic|delayed-oom PROGRAM [Qt Test's arguments]");
    TestPhpPrograms test(arguments.at(1), arguments.at(2));
    arguments.remove(1, 2);
    return QTest::qExec(&test, arguments);
}

#include "tst_php_programs.moc"
