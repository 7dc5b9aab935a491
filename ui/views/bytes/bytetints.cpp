// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/bytes/bytetints.h"

#include "ui/theme/theme.h"

#include <QCoreApplication>

#include <array>

namespace heapatlas::bytetints {

namespace {

constexpr std::size_t kindCount = static_cast<std::size_t>(FieldKind::Unused) + 1;
constexpr double lightShare = 0.17;
constexpr double darkShare = 0.26;

QString tr(const char* text) { return QCoreApplication::translate("Bytes", text); }

} // namespace

bool hasTint(FieldKind kind) { return kind != FieldKind::Unused; }

QColor edge(FieldKind kind, const Theme& theme)
{
    switch (kind) {
    case FieldKind::ChunkHeader:
        return theme.text2;
    case FieldKind::FreeMap:
    case FieldKind::Length:
    case FieldKind::Value:
        return theme.ok;
    case FieldKind::PageMap:
    case FieldKind::Pointer:
        return theme.accent;
    case FieldKind::FreeLink:
    case FieldKind::Type:
        return theme.gcPurple;
    case FieldKind::BoundaryTag:
    case FieldKind::Count:
        return theme.largeRun;
    case FieldKind::HugeNode:
        return theme.hugeBlock;
    case FieldKind::Hash:
        return theme.sizeClassColor(3);
    case FieldKind::Text:
        return theme.live;
    case FieldKind::Unused:
        break;
    }
    return theme.lineStrong;
}

QColor tint(FieldKind kind, const Theme& theme, const QColor& ground)
{
    if (!hasTint(kind))
        return ground;
    return Theme::mix(edge(kind, theme), ground, theme.isDark ? darkShare : lightShare);
}

QString word(FieldKind kind)
{
    switch (kind) {
    case FieldKind::ChunkHeader:
        return tr("chunk header");
    case FieldKind::FreeMap:
        return tr("free map");
    case FieldKind::PageMap:
        return tr("page map");
    case FieldKind::FreeLink:
        return tr("free link");
    case FieldKind::BoundaryTag:
        return tr("boundary tag");
    case FieldKind::HugeNode:
        return tr("huge list");
    case FieldKind::Count:
        return tr("count");
    case FieldKind::Type:
        return tr("type");
    case FieldKind::Hash:
        return tr("hash");
    case FieldKind::Length:
        return tr("length");
    case FieldKind::Pointer:
        return tr("pointer");
    case FieldKind::Value:
        return tr("value");
    case FieldKind::Text:
        return tr("text");
    case FieldKind::Unused:
        return tr("unused");
    }
    return {};
}

std::vector<FieldKind> kindsOf(const HeapBytes& bytes)
{
    std::array<bool, kindCount> isThere {};
    for (const ByteField& field : bytes.fields)
        isThere[static_cast<std::size_t>(field.kind)] = true;
    std::vector<FieldKind> kinds;
    for (std::size_t i = 0; i < kindCount; ++i) {
        if (isThere[i] && hasTint(static_cast<FieldKind>(i)))
            kinds.push_back(static_cast<FieldKind>(i));
    }
    return kinds;
}

} // namespace heapatlas::bytetints
