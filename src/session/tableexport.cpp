// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/tableexport.h"

#include <QAbstractItemModel>
#include <QIODevice>
#include <QJsonArray>
#include <QJsonDocument>

#include <cmath>

namespace heapatlas::tableexport {

namespace {

/// Written in pieces, so that a table of a million rows is never in memory as text.
constexpr qsizetype pieceBytes = 256 * 1024;

class Writer
{
public:
    explicit Writer(QIODevice& device)
        : m_device(device)
    {
        m_piece.reserve(pieceBytes + 4096);
    }
    void add(const QByteArray& bytes)
    {
        m_piece += bytes;
        if (m_piece.size() >= pieceBytes)
            flush();
    }
    [[nodiscard]] bool finish()
    {
        flush();
        return m_isGood;
    }

private:
    void flush()
    {
        m_isGood = m_isGood && m_device.write(m_piece) == m_piece.size();
        m_piece.resize(0);
    }
    QIODevice& m_device;
    QByteArray m_piece;
    bool m_isGood = true;
};

bool isWhole(const QVariant& value)
{
    switch (value.typeId()) {
    case QMetaType::Int:
    case QMetaType::UInt:
    case QMetaType::Long:
    case QMetaType::ULong:
    case QMetaType::LongLong:
    case QMetaType::ULongLong:
    case QMetaType::Short:
    case QMetaType::UShort:
        return true;
    default:
        return false;
    }
}

QString plainText(const QVariant& value)
{
    if (value.typeId() == QMetaType::Double || value.typeId() == QMetaType::Float)
        return std::isfinite(value.toDouble()) ? QString::number(value.toDouble(), 'g', 15) : QString();
    return value.toString(); // whole numbers come without groups
}

QByteArray csvField(const QString& text)
{
    QByteArray bytes = text.toUtf8();
    const bool needsQuotes = bytes.contains('"') || bytes.contains(',') || bytes.contains('\n')
        || bytes.contains('\r') || bytes.startsWith(' ') || bytes.endsWith(' ');
    if (!needsQuotes)
        return bytes;
    bytes.replace("\"", "\"\"");
    return '"' + bytes + '"';
}

QByteArray jsonString(const QString& text)
{
    // The one thing of QJsonDocument that is needed: how a string is spelled.
    QByteArray array = QJsonDocument(QJsonArray { text }).toJson(QJsonDocument::Compact);
    return array.mid(1, array.size() - 2);
}

QByteArray jsonValue(const QVariant& value)
{
    if (!value.isValid())
        return "null";
    if (value.typeId() == QMetaType::Bool)
        return value.toBool() ? "true" : "false";
    if (isWhole(value))
        return value.toString().toLatin1();
    if (value.typeId() == QMetaType::Double || value.typeId() == QMetaType::Float) {
        const QString text = plainText(value);
        return text.isEmpty() ? QByteArray("null") : text.toLatin1();
    }
    return jsonString(value.toString());
}

QString oneLine(QString text)
{
    for (QChar& c : text) {
        if (c == u'\t' || c == u'\n' || c == u'\r')
            c = u' ';
    }
    return text;
}

} // namespace

QVariant value(const QModelIndex& index)
{
    for (const int role : { valueRole, static_cast<int>(Qt::EditRole), static_cast<int>(Qt::DisplayRole) }) {
        if (const QVariant found = index.data(role); found.isValid())
            return found;
    }
    return {};
}

QString key(const QAbstractItemModel& model, int column)
{
    const QString own = model.headerData(column, Qt::Horizontal, keyRole).toString();
    return own.isEmpty() ? model.headerData(column, Qt::Horizontal).toString() : own;
}

bool writeCsv(const QAbstractItemModel& model, QIODevice& device)
{
    Writer out(device);
    const int columns = model.columnCount();
    for (int column = 0; column < columns; ++column)
        out.add((column == 0 ? QByteArray() : QByteArray(",")) + csvField(key(model, column)));
    out.add("\r\n");
    const int rows = model.rowCount();
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column) {
            out.add((column == 0 ? QByteArray() : QByteArray(","))
                + csvField(plainText(value(model.index(row, column)))));
        }
        out.add("\r\n");
    }
    return out.finish();
}

bool writeJson(const QAbstractItemModel& model, QIODevice& device)
{
    Writer out(device);
    const int columns = model.columnCount();
    QList<QByteArray> keys;
    for (int column = 0; column < columns; ++column)
        keys << jsonString(key(model, column)) + ": ";
    const int rows = model.rowCount();
    out.add("[");
    for (int row = 0; row < rows; ++row) {
        out.add(row == 0 ? "\n{" : ",\n{");
        for (int column = 0; column < columns; ++column)
            out.add((column == 0 ? QByteArray() : QByteArray(", ")) + keys[column]
                + jsonValue(value(model.index(row, column))));
        out.add("}");
    }
    out.add("\n]\n");
    return out.finish();
}

QString tsv(const QAbstractItemModel& model, const QList<int>& rows, bool hasHeader)
{
    QString text;
    const int columns = model.columnCount();
    if (hasHeader) {
        for (int column = 0; column < columns; ++column)
            text += (column == 0 ? QString() : QStringLiteral("\t"))
                + oneLine(model.headerData(column, Qt::Horizontal).toString());
        text += u'\n';
    }
    const int count = rows.isEmpty() ? model.rowCount() : static_cast<int>(rows.size());
    for (int i = 0; i < count; ++i) {
        const int row = rows.isEmpty() ? i : rows[i];
        for (int column = 0; column < columns; ++column)
            text += (column == 0 ? QString() : QStringLiteral("\t"))
                + oneLine(model.index(row, column).data().toString());
        text += u'\n';
    }
    return text;
}

} // namespace heapatlas::tableexport
