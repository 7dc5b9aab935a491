// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/tableexport.h"

#include <QAbstractTableModel>
#include <QBuffer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <limits>

using namespace heapatlas;

namespace {

/// Shows words and holds values, as the tables of the program do.
class Table : public QAbstractTableModel
{
public:
    QList<QVariantList> rows;
    QStringList keys;
    int rowCount(const QModelIndex&) const override { return static_cast<int>(rows.size()); }
    int columnCount(const QModelIndex&) const override { return static_cast<int>(keys.size()); }
    QVariant data(const QModelIndex& index, int role) const override
    {
        const QVariant value = rows[index.row()][index.column()];
        if (role == tableexport::valueRole)
            return value;
        return role == Qt::DisplayRole ? QStringLiteral("shown ") + value.toString() : QVariant();
    }
    QVariant headerData(int section, Qt::Orientation, int role) const override
    {
        if (role == tableexport::keyRole)
            return keys[section];
        return role == Qt::DisplayRole ? QStringLiteral("Head ") + keys[section] : QVariant();
    }
};

QByteArray written(const QAbstractItemModel& model, bool isJson)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    if (!(isJson ? tableexport::writeJson(model, buffer) : tableexport::writeCsv(model, buffer)))
        qFatal("not written");
    return bytes;
}

/// A reader of RFC 4180 as strict as the writer.
QList<QStringList> parsedCsv(const QByteArray& bytes)
{
    QList<QStringList> rows { {} };
    QByteArray field;
    bool isQuoted = false;
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        const char c = bytes[i];
        if (isQuoted) {
            if (c == '"' && i + 1 < bytes.size() && bytes[i + 1] == '"')
                field += bytes[++i];
            else if (c == '"')
                isQuoted = false;
            else
                field += c;
        } else if (c == '"') {
            isQuoted = true;
        } else if (c == ',' || c == '\r') {
            rows.back() << QString::fromUtf8(field);
            field.clear();
            if (c == '\r') {
                ++i;
                rows << QStringList();
            }
        } else {
            field += c;
        }
    }
    rows.removeLast();
    return rows;
}

} // namespace

class TestTableExport : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void csvQuotesWhatNeedsIt();
    void csvIsReadBackAsItWas();
    void jsonKeepsTypesAndBigNumbers();
    void tsvIsWhatIsShown();
    void anEmptyTableHasItsHeader();
    void tellsWhenTheDeviceIsFull();
};

void TestTableExport::csvQuotesWhatNeedsIt()
{
    Table table;
    table.keys = { QStringLiteral("name"), QStringLiteral("bytes") };
    table.rows = { { QStringLiteral("plain"), 1234567 }, { QStringLiteral("a,b"), 0.5 },
        { QStringLiteral("say \"x\""), QVariant() }, { QStringLiteral("two\nlines"), true } };
    QCOMPARE(written(table, false),
        QByteArray("name,bytes\r\nplain,1234567\r\n\"a,b\",0.5\r\n\"say \"\"x\"\"\",\"shown \"\r\n"
                   "\"two\nlines\",true\r\n"));
}

void TestTableExport::csvIsReadBackAsItWas()
{
    Table table;
    table.keys = { QStringLiteral("ä,1"), QStringLiteral("b\"c") };
    const QStringList texts { QString(), QStringLiteral(" x "), QStringLiteral("\r\n"), QStringLiteral("\""),
        QStringLiteral("\",\""), QStringLiteral("ünï 値 🙂") };
    QList<QStringList> expected { table.keys };
    for (const QString& a : texts) {
        for (const QString& b : texts) {
            table.rows << QVariantList { a, b };
            expected << QStringList { a, b };
        }
    }
    QCOMPARE(parsedCsv(written(table, false)), expected);
}

void TestTableExport::jsonKeepsTypesAndBigNumbers()
{
    Table table;
    table.keys = { QStringLiteral("address"), QStringLiteral("value") };
    table.rows = { { QStringLiteral("0x10\t\"\\"), std::numeric_limits<quint64>::max() },
        { QStringLiteral("\u0001"), -5 }, { QStringLiteral("x"), std::numeric_limits<double>::quiet_NaN() },
        { QStringLiteral("y"), true }, { QStringLiteral("z"), 0.1 } };
    const QByteArray json = written(table, true);
    QVERIFY(json.contains("18446744073709551615"));
    QJsonParseError error;
    const QJsonArray array = QJsonDocument::fromJson(json, &error).array();
    QVERIFY2(error.error == QJsonParseError::NoError, qPrintable(error.errorString()));
    QCOMPARE(array.size(), 5);
    QCOMPARE(array[0][u"address"].toString(), QStringLiteral("0x10\t\"\\"));
    QCOMPARE(array[1][u"address"].toString(), QStringLiteral("\u0001"));
    QCOMPARE(array[1][u"value"].toInt(), -5);
    QVERIFY(array[2][u"value"].isNull());
    QVERIFY(array[3][u"value"].toBool());
    QCOMPARE(array[4][u"value"].toDouble(), 0.1);
}

void TestTableExport::tsvIsWhatIsShown()
{
    Table table;
    table.keys = { QStringLiteral("a"), QStringLiteral("b") };
    table.rows = { { 1, QStringLiteral("x\ty") }, { 2, QStringLiteral("z") } };
    QCOMPARE(
        tableexport::tsv(table), QStringLiteral("Head a\tHead b\nshown 1\tshown x y\nshown 2\tshown z\n"));
    QCOMPARE(tableexport::tsv(table, { 1 }, false), QStringLiteral("shown 2\tshown z\n"));
}

void TestTableExport::anEmptyTableHasItsHeader()
{
    Table table;
    table.keys = { QStringLiteral("a") };
    QCOMPARE(written(table, false), QByteArray("a\r\n"));
    QVERIFY(QJsonDocument::fromJson(written(table, true)).isArray());
}

void TestTableExport::tellsWhenTheDeviceIsFull()
{
    class Full : public QIODevice
    {
        qint64 readData(char*, qint64) override { return -1; }
        qint64 writeData(const char*, qint64) override { return -1; }
    };
    Table table;
    table.keys = { QStringLiteral("a") };
    Full full;
    full.open(QIODevice::WriteOnly | QIODevice::Unbuffered);
    QVERIFY(!tableexport::writeCsv(table, full));
    QVERIFY(!tableexport::writeJson(table, full));
}

QTEST_GUILESS_MAIN(TestTableExport)
#include "tst_tableexport.moc"
