// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <cstdint>
#include <string_view>

/// How PHP's values lie in memory (php-src Zend/zend_types.h of 8.1 … 8.5, 64 bit), as far as a reader of recorded bytes
/// needs it.
namespace heapatlas::zend {

enum Type : std::uint8_t
{
    IsUndef = 0,
    IsNull = 1,
    IsFalse = 2,
    IsTrue = 3,
    IsLong = 4,
    IsDouble = 5,
    IsString = 6,
    IsArray = 7,
    IsObject = 8,
    IsResource = 9,
    IsReference = 10,
    IsConstantAst = 11,
    IsIndirect = 12,
    IsPtr = 13,
};

inline constexpr Bytes zvalBytes = 16;
inline constexpr Bytes bucketBytes = 32; ///< zval, h, key
inline constexpr Bytes stringHeaderBytes = 24; ///< refcount, type_info, h, len
inline constexpr Bytes arrayBytes = 56;
inline constexpr Bytes objectHeaderBytes = 40; ///< before properties_table
inline constexpr Bytes referenceBytes = 32;
inline constexpr Bytes resourceBytes = 32;

inline constexpr std::uint32_t typeMask = 0x0000000F; ///< of a refcounted header's type_info
inline constexpr std::uint32_t flagsMask = 0x000003F0;
inline constexpr std::uint32_t infoMask =
    0xFFFFFC00; ///< place in the garbage collector's buffer, and its color
inline constexpr std::uint32_t notCollectable = 1U << 4;
inline constexpr std::uint32_t immutable = 1U << 6; ///< interned
inline constexpr std::uint32_t persistent = 1U << 7; ///< from malloc(): never in the heap, but for objects

inline constexpr std::uint32_t hashPacked = 1U << 2;
inline constexpr std::uint32_t hashUninitialized = 1U << 3;

/// Nobody holds this many references; text read as a number is larger.
inline constexpr std::uint32_t mostReferences = 1U << 24;

/// What differs between versions.
struct Layout
{
    bool hasPackedZvals = true; ///< packed arrays hold zvals (8.2 on), else buckets

    /// "8.2.36"; unknown text: the newest.
    static constexpr Layout ofVersion(std::string_view phpVersion)
    {
        return { !(
            phpVersion.starts_with("7.") || phpVersion.starts_with("8.0") || phpVersion.starts_with("8.1")) };
    }
};

} // namespace heapatlas::zend
