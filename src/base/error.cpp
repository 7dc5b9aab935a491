// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/error.h"

namespace heapatlas {

std::string_view errorName(ErrorCode code)
{
    switch (code) {
    case ErrorCode::OutOfMemory:
        return "out-of-memory";
    case ErrorCode::LimitReached:
        return "limit-reached";
    case ErrorCode::UnknownAddress:
        return "unknown-address";
    case ErrorCode::DoubleFree:
        return "double-free";
    case ErrorCode::BadAlignment:
        return "bad-alignment";
    case ErrorCode::SizeOverflow:
        return "size-overflow";
    case ErrorCode::CorruptedState:
        return "corrupted-state";
    case ErrorCode::CannotOpen:
        return "cannot-open";
    case ErrorCode::CannotWrite:
        return "cannot-write";
    case ErrorCode::EmptyFile:
        return "empty-file";
    case ErrorCode::NotATrace:
        return "not-a-trace";
    case ErrorCode::UnsupportedVersion:
        return "unsupported-version";
    case ErrorCode::Truncated:
        return "truncated";
    case ErrorCode::ChecksumMismatch:
        return "checksum-mismatch";
    case ErrorCode::MalformedTrace:
        return "malformed-trace";
    case ErrorCode::LimitExceeded:
        return "limit-exceeded";
    case ErrorCode::Unsupported:
        return "unsupported";
    case ErrorCode::Cancelled:
        return "cancelled";
    case ErrorCode::BadArgument:
        return "bad-argument";
    }
    return "unknown";
}

} // namespace heapatlas
