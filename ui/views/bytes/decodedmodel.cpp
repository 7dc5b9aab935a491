// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/bytes/decodedmodel.h"

#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"
#include "ui/views/bytes/bytestext.h"
#include "ui/views/bytes/bytetints.h"

namespace heapatlas {

namespace {

/// What the hex says already, as one number, where the field has no words of its own.
QString numberOf(const HeapBytes& bytes, const ByteField& field)
{
    if (field.size > 8)
        return {};
    std::uint64_t number = 0;
    for (Bytes i = 0; i < field.size; ++i) {
        const auto byte = bytestext::byteAt(bytes, bytes.range.begin + field.offset + i);
        if (!byte)
            return DecodedModel::tr("not known");
        number |= std::uint64_t { *byte } << (8 * i);
    }
    return QStringLiteral("0x%1").arg(number, 0, 16);
}

} // namespace

void DecodedModel::setBytes(HeapBytesPtr bytes, AddressRange whole)
{
    const auto isAlike = [&] {
        if (!bytes || !m_bytes || !(whole == m_whole) || !(bytes->range == m_bytes->range)
            || bytes->fields.size() != m_bytes->fields.size())
            return false;
        for (std::size_t i = 0; i < bytes->fields.size(); ++i)
            if (bytes->fields[i].offset != m_bytes->fields[i].offset)
                return false;
        return true;
    };
    // While playing the rows stay; a reset would lose the place that is read.
    if (isAlike()) {
        m_bytes = std::move(bytes);
        if (rowCount() > 0)
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    m_bytes = std::move(bytes);
    m_whole = whole;
    endResetModel();
}

int DecodedModel::rowOf(Address address) const
{
    const auto index = m_bytes ? bytestext::fieldAt(*m_bytes, address) : std::nullopt;
    return index ? static_cast<int>(*index) : -1;
}

int DecodedModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() || !m_bytes ? 0 : static_cast<int>(m_bytes->fields.size());
}

int DecodedModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int { ColumnCount };
}

QVariant DecodedModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const ByteField& field = fieldOf(index.row());
    switch (role) {
    case Qt::DisplayRole:
        if (index.column() == Offset)
            return QStringLiteral("+%1").arg(addressOf(index.row()) - m_whole.begin, 3, 16, QLatin1Char('0'));
        if (index.column() == Name)
            return QString::fromStdString(field.name);
        return field.value.empty() ? numberOf(*m_bytes, field) : QString::fromStdString(field.value);
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        return bytestext::fieldLine(*m_bytes, m_whole, field);
    case Qt::FontRole:
        return index.column() == Name ? fonts::secondary() : fonts::mono(11);
    case Qt::ForegroundRole:
        if (index.column() == Value && field.target)
            return Theme::current().accent;
        return index.column() == Offset ? Theme::current().text3 : Theme::current().text;
    case Qt::BackgroundRole:
        if (index.column() == Name && bytetints::hasTint(field.kind))
            return bytetints::tint(field.kind, Theme::current(), Theme::current().canvas);
        return {};
    default:
        return {};
    }
}

QVariant DecodedModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Offset:
        return tr("Offset");
    case Name:
        return tr("Field");
    default:
        return tr("Value");
    }
}

} // namespace heapatlas
