// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace heapatlas {

/// What went wrong. Codes are for programs; session/wording turns them into sentences for people.
enum class ErrorCode : std::uint8_t
{
    OutOfMemory, ///< the engine or its memory has no room
    LimitReached, ///< a configured limit (memory_limit) forbids it
    UnknownAddress, ///< not the begin of a live block
    DoubleFree,
    BadAlignment,
    SizeOverflow, ///< a size whose rounding up would wrap
    CorruptedState, ///< the engine's own invariants do not hold
    CannotOpen, ///< file missing, no permission, not a regular file
    CannotWrite,
    EmptyFile,
    NotATrace, ///< no known format recognises the file
    UnsupportedVersion, ///< a newer format than this program knows
    Truncated, ///< ends in the middle
    ChecksumMismatch,
    MalformedTrace, ///< whole, but its content contradicts itself
    LimitExceeded, ///< a count or size beyond what is sane to read
    Unsupported, ///< recognised, but not something this program does
    Cancelled,
    BadArgument,
};

/// A short, stable, lower-case name of the code, for logs and JSON ("checksum-mismatch").
[[nodiscard]] std::string_view errorName(ErrorCode code);

/// A failure as a value. `context` is English and for logs; `offset` is in bytes of the input, where there is one.
struct Error
{
    ErrorCode code = ErrorCode::Unsupported;
    std::string context;
    std::optional<std::uint64_t> offset;
};

} // namespace heapatlas
