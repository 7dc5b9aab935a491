// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "trace/sectionreader.h"

#include <cstddef>
#include <cstdint>

/// How much a reader believes a file. What compresses to next to nothing could claim any amount of memory; real
/// recordings stay far below these.
namespace heapatlas::readlimits {

inline constexpr std::size_t maxDamage = 100; ///< notes kept
inline constexpr std::size_t maxPartBytes = 8 << 20; ///< of a section of a restart point, definitions, index
inline constexpr std::size_t maxMetaBytes = 4 << 20; ///< altogether
inline constexpr std::uint64_t maxDefinitionRatio = 64; ///< bytes of all definitions to a byte of the file
inline constexpr std::uint64_t maxStringRatio = 16; ///< strings to a byte stored

/// Slots of a restart point: a block of 32,768 events takes more than 128 bytes.
[[nodiscard]] inline std::uint64_t maxSlots(std::uint64_t fileBytes) { return fileBytes * 256 + 65536; }
[[nodiscard]] inline std::size_t maxStateBytes(const SectionHeader& header)
{
    return std::size_t { header.storedBytes } * 1024 + 65536;
}
[[nodiscard]] inline std::uint64_t maxMarkers(std::uint64_t fileBytes) { return (4 << 20) + fileBytes / 2; }
[[nodiscard]] inline std::uint64_t maxSamples(std::uint64_t fileBytes, std::uint64_t events)
{
    return 2 * events + fileBytes / 8 + 65536;
}
/// Bytes of all moments of the contents, and what they may name: a row or page takes some part of a byte stored.
[[nodiscard]] inline std::uint64_t maxMomentBytes(std::uint64_t fileBytes) { return (256 << 20) + fileBytes * 16; }
[[nodiscard]] inline std::size_t maxContentsRows(std::uint64_t fileBytes) { return (1 << 20) + fileBytes * 4; }
[[nodiscard]] inline std::uint64_t maxContentsPages(std::uint64_t fileBytes) { return (1 << 26) + fileBytes * 4; }

} // namespace heapatlas::readlimits
