// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace heapatlas {

// Lists of 32-bit numbers in 1 … 4 bytes each: first the lengths, 2 bits each, four to a byte; then the bytes. Reading one
// takes no branch and waits for no number before it.

inline constexpr std::size_t listSlack = 8; ///< bytes behind the last list, so that four may be read at once

/// Bytes of a number, less one.
[[nodiscard]] inline unsigned lengthCode(std::uint32_t number)
{
    return static_cast<unsigned>(std::bit_width(number | 1U) - 1) / 8;
}

constexpr std::size_t lengthBytes(std::size_t count) { return (count + 3) / 4; }

/// Bytes that a list takes at most, writing beyond its end included.
constexpr std::size_t mostListBytes(std::size_t count) { return lengthBytes(count) + 4 * count + 3; }

/// Writes a list; returns its end. Up to three bytes behind it are overwritten.
inline std::uint8_t* writeNumbers(const std::uint32_t* numbers, std::size_t count, std::uint8_t* out)
{
    std::uint8_t* lengths = out;
    std::uint8_t* bytes = out + lengthBytes(count);
    const auto put = [&bytes](std::uint32_t number) {
        const unsigned length = lengthCode(number);
        std::memcpy(bytes, &number, sizeof number);
        bytes += length + 1;
        return length;
    };
    std::size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        const unsigned first = put(numbers[i]);
        const unsigned second = put(numbers[i + 1]);
        const unsigned third = put(numbers[i + 2]);
        const unsigned fourth = put(numbers[i + 3]);
        *lengths++ = static_cast<std::uint8_t>(first | second << 2 | third << 4 | fourth << 6);
    }
    unsigned last = 0;
    for (unsigned shift = 0; i < count; ++i, shift += 2)
        last |= put(numbers[i]) << shift;
    if (count % 4 != 0)
        *lengths = static_cast<std::uint8_t>(last);
    return bytes;
}

/// Reads a list; returns its end.
inline const std::uint8_t* readNumbers(const std::uint8_t* in, std::size_t count, std::uint32_t* numbers)
{
    static constexpr std::array<std::uint32_t, 4> masks { 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF };
    const std::uint8_t* bytes = in + lengthBytes(count);
    for (std::size_t i = 0; i < count; ++i) {
        const unsigned length = unsigned { in[i / 4] } >> (i % 4 * 2) & 3U;
        std::uint32_t number = 0;
        std::memcpy(&number, bytes, sizeof number);
        numbers[i] = number & masks[length];
        bytes += length + 1;
    }
    return bytes;
}

} // namespace heapatlas
