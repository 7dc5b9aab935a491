// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the two ways to decode a block of events share.

#include "model/events.h"
#include "model/markers.h"
#include "trace/bytecursor.h"
#include "trace/definitions.h"
#include "trace/hatformat.h"

#include <array>
#include <cstdint>
#include <optional>

namespace heapatlas {

inline constexpr std::uint8_t badCode = 0xFF;

/// EventCode of a code byte's operation; markers get theirs from the marker itself.
constexpr std::array<std::uint8_t, 256> makeEventCodes()
{
    std::array<std::uint8_t, 256> codes {};
    for (unsigned code = 0; code < codes.size(); ++code) {
        const auto set = [&](EventKind kind, std::uint8_t flags = 0) {
            codes[code] = EventCode::of(kind, flags).bits;
        };
        codes[code] = badCode;
        if (code > (HAT_STACK_EXPLICIT | 0x0FU) || (code & HAT_STACK_MASK) == HAT_STACK_MASK)
            continue;
        switch (code & HAT_OP_MASK) {
        case HAT_OP_ALLOC_HIT:
        case HAT_OP_ALLOC_PAGES:
        case HAT_OP_ALLOC_BYTES:
            set(EventKind::Allocate);
            break;
        case HAT_OP_FREE:
            set(EventKind::Free);
            break;
        case HAT_OP_REALLOC_IN_PLACE:
            set(EventKind::Reallocate, EventCode::inPlace);
            break;
        case HAT_OP_REALLOC_HIT:
        case HAT_OP_REALLOC_PAGES:
        case HAT_OP_REALLOC_BYTES:
            set(EventKind::Reallocate);
            break;
        case HAT_OP_ALLOC_FAILED:
            set(EventKind::Allocate, EventCode::failed);
            break;
        case HAT_OP_REALLOC_FAILED:
            set(EventKind::Reallocate, EventCode::failed);
            break;
        case HAT_OP_FREE_UNKNOWN:
            set(EventKind::Free, EventCode::unknownBlock);
            break;
        case HAT_OP_MARKER:
            set(EventKind::Trim);
            break;
        default:
            break;
        }
    }
    return codes;
}
inline constexpr std::array<std::uint8_t, 256> eventCodes = makeEventCodes();

inline std::uint64_t takeLong(const std::uint8_t*& at, std::uint64_t value)
{
    value &= 0x7F;
    for (unsigned shift = 7; shift < 70; shift += 7) {
        const std::uint64_t b = *at++;
        if (shift < 64)
            value |= (b & 0x7F) << shift;
        if (b < 0x80)
            break;
    }
    return value;
}

/// A LEB128 number without a check: the column has a zero byte behind it for every row.
inline std::uint64_t takeNumber(const std::uint8_t*& at)
{
    const std::uint64_t b = *at++;
    return b < 0x80 ? b : takeLong(at, b);
}

/// The next row of the column of markers, which is event `event`; sets its kind. nullopt if it is malformed.
std::optional<Marker> parseMarker(
    ByteCursor& in, std::uint64_t event, const Definitions& definitions, EventKind& kind);

} // namespace heapatlas
