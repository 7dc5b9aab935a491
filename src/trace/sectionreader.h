// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

struct ZSTD_DCtx_s;

namespace heapatlas {

/// A section's header as it stands in the file (FORMAT.md, "Sections").
struct SectionHeader
{
    std::uint64_t offset = 0; ///< of the header
    std::uint8_t type = 0;
    std::uint8_t codec = 0;
    std::uint16_t flags = 0;
    std::uint32_t storedBytes = 0;
    std::uint32_t rawBytes = 0;
    std::uint32_t count = 0;
    std::uint64_t firstEvent = 0;
    std::uint64_t checksum = 0;

    [[nodiscard]] std::uint64_t endOffset() const;
};

/// Reads a .hat file section by section, by pread, so that a file that shrinks meanwhile is an error and no signal.
/// Buffers are reused; spans are valid until the next call.
class SectionReader
{
public:
    /// Fails with CannotOpen, EmptyFile, NotATrace, UnsupportedVersion, Truncated.
    static Result<std::unique_ptr<SectionReader>> open(const std::string& path);
    ~SectionReader();
    SectionReader(const SectionReader&) = delete;
    SectionReader& operator=(const SectionReader&) = delete;

    [[nodiscard]] std::uint64_t fileBytes() const { return m_fileBytes; }
    /// The file header is readable but not whole (a damaged byte in it).
    [[nodiscard]] bool isHeaderDamaged() const { return m_isHeaderDamaged; }

    enum class Status : std::uint8_t
    {
        Ok,
        AtEnd, ///< nothing stands there
        Truncated, ///< the file ends in the middle of it
        Damaged,
    };
    /// The header at `offset`: its own checksum holds and its payload lies within the file.
    Status readHeader(std::uint64_t offset, SectionHeader& header);
    /// The payload as stored; Damaged if its checksum does not hold.
    Status readPayload(const SectionHeader& header, std::span<const std::uint8_t>& payload);
    /// Exactly out.size() bytes as they stand at `offset`; false if the file ends before.
    bool read(std::uint64_t offset, std::span<std::uint8_t> out) const;
    /// The first whole header at or after `offset`, false if there is none. Holes of sparse files are jumped over.
    bool findHeader(std::uint64_t offset, SectionHeader& header);

    /// Asked while searching, and at every header as long as `isOpening`: true ends it as if nothing stood there.
    void setInterrupt(std::function<bool()> interrupt) { m_interrupt = std::move(interrupt); }
    void setOpening(bool isOpening) { m_isOpening = isOpening; }
    [[nodiscard]] bool isInterrupted() const { return m_interrupt && m_interrupt(); }

    struct Trailer
    {
        std::uint64_t indexOffset = 0;
        std::uint64_t indexBytes = 0;
    };
    /// The fixed end of a finished file.
    bool readTrailer(Trailer& trailer);

    /// The payload of `header` after decompression; false if it is not what the header says or more than `limit`
    /// bytes.
    bool expand(const SectionHeader& header, std::span<const std::uint8_t> payload, std::size_t limit,
        std::span<const std::uint8_t>& raw);
    /// Decompresses (or copies) to exactly `rawBytes` bytes, with `padding` zero bytes behind them.
    bool expand(unsigned codec, std::span<const std::uint8_t> stored, std::size_t rawBytes,
        std::size_t padding, std::vector<std::uint8_t>& out);

private:
    SectionReader(int fd, std::uint64_t fileBytes);
    [[nodiscard]] std::size_t readAt(std::uint64_t offset, std::uint8_t* out, std::size_t bytes) const;
    Result<void> checkFileHeader();

    int m_fd;
    std::uint64_t m_fileBytes;
    bool m_isHeaderDamaged = false;
    bool m_isOpening = false;
    std::function<bool()> m_interrupt;
    ZSTD_DCtx_s* m_zstd;
    std::vector<std::uint8_t> m_payload;
    std::vector<std::uint8_t> m_raw;
    std::vector<std::uint8_t> m_window;
};

} // namespace heapatlas
