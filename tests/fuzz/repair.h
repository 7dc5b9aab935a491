// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "trace/hatformat.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
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

/// Puts an input where a reader can open it: all but its first byte, whose bit 2 asks to leave it unrepaired. Empty if
/// there is nothing to read.
inline std::string fileOf(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return {};
    static const int fd = memfd_create("trace", 0);
    std::vector<std::uint8_t> bytes(data + 1, data + size);
    if ((data[0] & 4) == 0)
        repair(bytes);
    if (ftruncate(fd, 0) != 0
        || pwrite(fd, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        return {};
    return "/proc/self/fd/" + std::to_string(fd);
}

} // namespace heapatlas::fuzz
