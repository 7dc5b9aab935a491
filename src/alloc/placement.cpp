// SPDX-License-Identifier: GPL-3.0-or-later
#include "alloc/placement.h"

namespace heapatlas {

ErrorCode toErrorCode(AllocFailure failure)
{
    switch (failure) {
    case AllocFailure::None:
        break; // no failure has no code; the caller did not look
    case AllocFailure::OutOfMemory:
        return ErrorCode::OutOfMemory;
    case AllocFailure::LimitReached:
        return ErrorCode::LimitReached;
    case AllocFailure::SizeOverflow:
        return ErrorCode::SizeOverflow;
    case AllocFailure::BadAlignment:
        return ErrorCode::BadAlignment;
    case AllocFailure::UnknownAddress:
        return ErrorCode::UnknownAddress;
    case AllocFailure::DoubleFree:
        return ErrorCode::DoubleFree;
    case AllocFailure::CorruptedState:
        break;
    }
    return ErrorCode::CorruptedState;
}

} // namespace heapatlas
