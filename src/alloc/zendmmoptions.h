// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"
#include "model/zendmmstate.h"

#include <cstdint>
#include <string_view>

namespace heapatlas {

/// What differs between the versions of PHP. Placement rules are the same in all of them but for these.
struct ZendMmOptions
{
    ZendMmState::Variant variant = ZendMmState::Variant::DelayedOom;
    Bytes minimumSize =
        0; ///< 16 from PHP 8.4 on: smaller requests count as 16 bytes, the 8-byte bin is unused
    /// Where the fields of heap and chunk stand has been read for 8.2 alone; for others only the first ones are told.
    bool isLayoutKnown = true;
    /// A limit below the real size that fits after chunks kept back were unmapped: classic 8.2 and 8.3 report success
    /// but keep the old limit.
    bool storesLimitAfterTrim = true;
    Bytes limit = ~Bytes { 0 } >> 1; ///< memory_limit; this value is PHP's own for -1
    std::int64_t hardLimitPercent =
        -1; ///< memory_hard_limit_percent (delayed-OOM), below 100: the default rule

    /// Of a recorded PHP ("8.2.36"); an unreadable version counts as 8.2.
    [[nodiscard]] static ZendMmOptions forPhp(std::string_view version, ZendMmState::Variant variant);
};

/// The rules of placement that a mutant may flip. The product instantiates only this; tests derive from it to
/// prove that a wrong rule is noticed.
struct ZendMmRules
{
    static constexpr bool fifoFreeLists = false; ///< hand out the slot freed first instead of last
    static constexpr bool firstFitHoles = false; ///< take the first hole that is large enough
    static constexpr bool keepsFreeTail = true; ///< correct free_tail while searching
    static constexpr bool movesChunks = true; ///< move a far chunk directly behind the main one
    static constexpr bool freesBeforeShrinking = false; ///< a shrinking small block may get its own slot back
    static constexpr bool restoresPeak = true; ///< the temporary sum of a moving realloc does not count
};

/// memory_get_usage() and its family, in bytes.
struct ZendMmUsage
{
    Bytes size = 0;
    Bytes peak = 0;
    Bytes realSize = 0;
    Bytes realPeak = 0;
    Bytes limit = 0;
    Bytes hardLimit = 0; ///< 0 in the classic variant
};

} // namespace heapatlas
