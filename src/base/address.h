// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace heapatlas {

/// A number of bytes. Always 64 bit.
using Bytes = std::uint64_t;

/// A position in a simulated or recorded address space, in bytes. 0 is the null address. Never dereferenced
/// outside ProcessMemory.
struct Address
{
    std::uint64_t value = 0;

    [[nodiscard]] constexpr bool isNull() const { return value == 0; }
    /// The largest multiple of `alignment` (a power of two) not above this address.
    [[nodiscard]] constexpr Address alignedDown(Bytes alignment) const { return { value & ~(alignment - 1) }; }
    /// Bytes above alignedDown(alignment).
    [[nodiscard]] constexpr Bytes offsetIn(Bytes alignment) const { return value & (alignment - 1); }

    friend constexpr bool operator==(Address a, Address b) { return a.value == b.value; }
    friend constexpr bool operator!=(Address a, Address b) { return a.value != b.value; }
    friend constexpr bool operator<(Address a, Address b) { return a.value < b.value; }
    friend constexpr bool operator<=(Address a, Address b) { return a.value <= b.value; }
    friend constexpr bool operator>(Address a, Address b) { return a.value > b.value; }
    friend constexpr bool operator>=(Address a, Address b) { return a.value >= b.value; }
    friend constexpr Address operator+(Address a, Bytes n) { return { a.value + n }; }
    friend constexpr Address operator-(Address a, Bytes n) { return { a.value - n }; }
    friend constexpr Bytes operator-(Address a, Address b) { return a.value - b.value; }
};

/// Half-open range [begin, end) of addresses, in bytes.
struct AddressRange
{
    Address begin;
    Address end;

    [[nodiscard]] constexpr Bytes size() const { return end - begin; }
    [[nodiscard]] constexpr bool isEmpty() const { return !(begin < end); }
    [[nodiscard]] constexpr bool contains(Address a) const { return begin <= a && a < end; }
    [[nodiscard]] constexpr bool overlaps(AddressRange o) const { return begin < o.end && o.begin < end; }
    friend constexpr bool operator==(AddressRange a, AddressRange b) { return a.begin == b.begin && a.end == b.end; }
    /// The range that contains every address.
    static constexpr AddressRange everything() { return { { 0 }, { ~std::uint64_t { 0 } } }; }
};

} // namespace heapatlas

template <>
struct std::hash<heapatlas::Address>
{
    std::size_t operator()(heapatlas::Address a) const noexcept
    {
        // Fibonacci hashing: addresses differ mostly in bits that modulo tables ignore.
        return static_cast<std::size_t>((a.value >> 3) * 0x9E3779B97F4A7C15ULL);
    }
};
