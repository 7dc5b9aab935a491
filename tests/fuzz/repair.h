// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "trace/hatformat.h"

#include <cstdint>
#include <cstring>
#include <vector>

/// Checksums would stop nearly every mutation at the door, so they are set right first: of the file header, of each section
/// that the input holds, and of the trailer.
namespace heapatlas::fuzz {

template <class T>
T load(const std::uint8_t* at)
{
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

inline void seal(std::uint8_t* begin, std::size_t size)
{
    const std::uint64_t checksum = hat_checksum(begin, size);
    std::memcpy(begin + size, &checksum, sizeof checksum);
}

inline void repair(std::vector<std::uint8_t>& bytes)
{
    if (bytes.size() < HAT_FILE_HEADER_BYTES)
        return;
    std::memcpy(bytes.data(), HAT_FILE_MAGIC, 8);
    seal(bytes.data(), HAT_FILE_HEADER_BYTES - 8);
    std::size_t at = HAT_FILE_HEADER_BYTES;
    while (
        bytes.size() - at >= HAT_SECTION_HEADER_BYTES && std::memcmp(&bytes[at], HAT_SYNC_MARKER, 8) == 0) {
        const auto stored = load<std::uint32_t>(&bytes[at + 12]);
        const std::size_t left = bytes.size() - at - HAT_SECTION_HEADER_BYTES;
        if (stored <= left) {
            const std::uint64_t checksum = hat_checksum(&bytes[at + HAT_SECTION_HEADER_BYTES], stored);
            std::memcpy(&bytes[at + 32], &checksum, sizeof checksum);
        }
        seal(&bytes[at], HAT_SECTION_HEADER_BYTES - 8);
        if (stored > left)
            return;
        at += HAT_SECTION_HEADER_BYTES + stored;
    }
    if (bytes.size() >= HAT_FILE_HEADER_BYTES + HAT_TRAILER_BYTES
        && std::memcmp(&bytes[bytes.size() - 8], HAT_END_MAGIC, 8) == 0)
        seal(&bytes[bytes.size() - HAT_TRAILER_BYTES], 16);
}

} // namespace heapatlas::fuzz
