// SPDX-License-Identifier: GPL-3.0-or-later
#include "php/phprun.h"

#include "trace/tracereader.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <set>

using namespace heapatlas;
using namespace heapatlas::phptest;

/// The sample trace that comes with the program: small, exact, worth looking at, and made by the script beside it.
class TestPhpSample : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isSmallAndExact();
    void showsWhatThereIsToSee();
    void namesNoMachine();
    void canBeRecordedAnew();

private:
    const QString m_samples = QStringLiteral(HEAPATLAS_SOURCE_DIR "/resources/samples");
    const QString m_sample = m_samples + QStringLiteral("/import-orders.hat");
};

void TestPhpSample::isSmallAndExact()
{
    QVERIFY(QFileInfo::exists(m_sample));
    QVERIFY2(
        QFileInfo(m_sample).size() <= 1024 * 1024, qPrintable(QString::number(QFileInfo(m_sample).size())));
    const QString wrong = whatIsNotExact(m_sample, { 200'000, true, false });
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
}

void TestPhpSample::showsWhatThereIsToSee()
{
    const QJsonObject info = hatlasJson({ QStringLiteral("info"), m_sample });
    QVERIFY(info.value(QStringLiteral("checkpoints")).toInteger() >= 4);
    QVERIFY(info.value(QStringLiteral("gcRuns")).toInteger() >= 3);
    QVERIFY(info.value(QStringLiteral("sites")).toInteger() >= 20);
    QVERIFY(
        info.value(QStringLiteral("stacks")).toInteger() > info.value(QStringLiteral("sites")).toInteger());
    const QJsonObject figures = hatlasJson({ QStringLiteral("replay"), m_sample });
    QVERIFY(figures.value(QStringLiteral("peakHeapBytes")).toInteger()
        >= 8 * 1024 * 1024); // four chunks and more
}

void TestPhpSample::namesNoMachine()
{
    auto opened = TraceReader::open(m_sample.toStdString());
    QVERIFY(opened.isOk());
    TraceReader& reader = **opened;
    std::set<std::uint32_t> stacks;
    EventColumns columns;
    while (reader.readBlock(columns))
        stacks.insert(columns.stack.begin(), columns.stack.end());
    std::set<std::string> files;
    for (const std::uint32_t stack : stacks) {
        for (const Frame& frame : reader.callStack(stack))
            files.insert(frame.file);
    }
    files.erase(std::string());
    QVERIFY(files.size() > 5);
    for (const std::string& file : files)
        QVERIFY2(file.starts_with("/srv/shop/"), file.c_str());
    for (const auto& [key, value] : reader.info().meta) {
        const bool isNeutral = value.find('/') == std::string::npos
            || value.find("/srv/shop") != std::string::npos || key == "phpBinary";
        QVERIFY2(isNeutral, (key + ": " + value).c_str());
    }
}

void TestPhpSample::canBeRecordedAnew()
{
    QTemporaryDir folder;
    const QString trace = folder.filePath(QStringLiteral("import-orders.hat"));
    const Run made = run({ m_samples + QStringLiteral("/record.sh"), QStringLiteral(HEAPATLAS_BINARY_DIR),
                             trace, folder.filePath(QStringLiteral("shop")) },
        folder.path());
    QVERIFY2(made.status == 0, made.errors.constData());
    const QString wrong = whatIsNotExact(trace, { 200'000, true, false });
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));

    // The same program: another PHP of 8.2 or another path may make some difference, not one of size.
    const auto events = [](const QString& file) {
        return static_cast<double>(
            hatlasJson({ QStringLiteral("info"), file }).value(QStringLiteral("events")).toInteger());
    };
    const double ratio = events(trace) / events(m_sample);
    QVERIFY2(ratio > 0.98 && ratio < 1.02, qPrintable(QString::number(ratio)));
}

QTEST_GUILESS_MAIN(TestPhpSample)
#include "tst_php_sample.moc"
