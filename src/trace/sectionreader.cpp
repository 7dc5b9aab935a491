// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/sectionreader.h"

#include "trace/bytecursor.h"
#include "trace/hatformat.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

namespace heapatlas {

std::uint64_t SectionHeader::endOffset() const { return offset + HAT_SECTION_HEADER_BYTES + storedBytes; }

Result<std::unique_ptr<SectionReader>> SectionReader::open(const std::string& path)
{
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a FIFO must not make us wait
    if (fd < 0)
        return Error { ErrorCode::CannotOpen, path + ": " + std::strerror(errno), std::nullopt };
    struct stat st = {};
    if (::fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        ::close(fd);
        return Error { ErrorCode::CannotOpen, path + ": not a regular file", std::nullopt };
    }
    std::unique_ptr<SectionReader> reader(new SectionReader(fd, static_cast<std::uint64_t>(st.st_size)));
    if (reader->m_fileBytes == 0)
        return Error { ErrorCode::EmptyFile, path + ": empty", 0 };
    Result<void> checked = reader->checkFileHeader();
    if (!checked)
        return Error { checked.error().code, path + ": " + checked.error().context, checked.error().offset };
    return reader;
}

SectionReader::SectionReader(int fd, std::uint64_t fileBytes)
    : m_fd(fd)
    , m_fileBytes(fileBytes)
    , m_zstd(ZSTD_createDCtx())
{
}

SectionReader::~SectionReader()
{
    ZSTD_freeDCtx(m_zstd);
    ::close(m_fd);
}

Result<void> SectionReader::checkFileHeader()
{
    std::array<std::uint8_t, HAT_FILE_HEADER_BYTES> bytes {};
    const std::size_t n = readAt(0, bytes.data(), bytes.size());
    const bool hasMagic = std::memcmp(bytes.data(), HAT_FILE_MAGIC, std::min<std::size_t>(n, 8)) == 0;
    SectionHeader first;
    if (!hasMagic) {
        // One flipped byte of the magic is no reason to refuse what follows.
        if (n < bytes.size() || readHeader(HAT_FILE_HEADER_BYTES, first) != Status::Ok)
            return Error { ErrorCode::NotATrace, "no .hat file", 0 };
        m_isHeaderDamaged = true;
        return {};
    }
    if (n < bytes.size())
        return Error { ErrorCode::Truncated, "ends within its header", n };
    ByteCursor cursor(bytes);
    (void)cursor.bytes(8);
    const auto major = cursor.fixed<std::uint16_t>();
    (void)cursor.bytes(HAT_FILE_HEADER_BYTES - 8 - 10);
    if (cursor.fixed<std::uint64_t>() != hat_checksum(bytes.data(), HAT_FILE_HEADER_BYTES - 8))
        m_isHeaderDamaged = true; // the version may be what is wrong: go on as far as the sections say
    else if (major != HAT_VERSION_MAJOR)
        return Error { ErrorCode::UnsupportedVersion,
            "format version " + std::to_string(major) + ", this program reads "
                + std::to_string(HAT_VERSION_MAJOR),
            8 };
    return {};
}

std::size_t SectionReader::readAt(std::uint64_t offset, std::uint8_t* out, std::size_t bytes) const
{
    std::size_t done = 0;
    while (done < bytes) {
        const ssize_t n = ::pread(m_fd, out + done, bytes - done, static_cast<off_t>(offset + done));
        if (n > 0)
            done += static_cast<std::size_t>(n);
        else if (n == 0 || errno != EINTR)
            break;
    }
    return done;
}

namespace {

/// Everything but whether the payload lies within the file.
bool parseHeader(std::span<const std::uint8_t> bytes, SectionHeader& header)
{
    if (std::memcmp(bytes.data(), HAT_SYNC_MARKER, 8) != 0)
        return false;
    ByteCursor cursor(bytes);
    (void)cursor.bytes(8);
    header.type = cursor.fixed<std::uint8_t>();
    header.codec = cursor.fixed<std::uint8_t>();
    header.flags = cursor.fixed<std::uint16_t>();
    header.storedBytes = cursor.fixed<std::uint32_t>();
    header.rawBytes = cursor.fixed<std::uint32_t>();
    header.count = cursor.fixed<std::uint32_t>();
    header.firstEvent = cursor.fixed<std::uint64_t>();
    header.checksum = cursor.fixed<std::uint64_t>();
    return cursor.fixed<std::uint64_t>() == hat_checksum(bytes.data(), HAT_SECTION_HEADER_BYTES - 8)
        && header.storedBytes <= HAT_MAX_RAW_BYTES && header.rawBytes <= HAT_MAX_RAW_BYTES;
}

} // namespace

SectionReader::Status SectionReader::readHeader(std::uint64_t offset, SectionHeader& header)
{
    if (offset >= m_fileBytes || (m_isOpening && isInterrupted()))
        return Status::AtEnd;
    std::array<std::uint8_t, HAT_SECTION_HEADER_BYTES> bytes {};
    const std::size_t n = readAt(offset, bytes.data(), bytes.size());
    if (n < bytes.size())
        return Status::Truncated;
    header.offset = offset;
    if (!parseHeader(bytes, header))
        return Status::Damaged;
    return header.endOffset() <= m_fileBytes ? Status::Ok : Status::Truncated;
}

SectionReader::Status SectionReader::readPayload(
    const SectionHeader& header, std::span<const std::uint8_t>& payload)
{
    if (m_payload.size() < header.storedBytes)
        m_payload.resize(header.storedBytes);
    if (readAt(header.offset + HAT_SECTION_HEADER_BYTES, m_payload.data(), header.storedBytes)
        != header.storedBytes)
        return Status::Truncated;
    payload = { m_payload.data(), header.storedBytes };
    return hat_checksum(payload.data(), payload.size()) == header.checksum ? Status::Ok : Status::Damaged;
}

bool SectionReader::read(std::uint64_t offset, std::span<std::uint8_t> out) const
{
    return readAt(offset, out.data(), out.size()) == out.size();
}

bool SectionReader::findHeader(std::uint64_t offset, SectionHeader& header)
{
    constexpr std::size_t windowBytes = 1 << 20;
    m_window.resize(windowBytes);
    while (offset + HAT_SECTION_HEADER_BYTES <= m_fileBytes && !isInterrupted()) {
        const off_t data = ::lseek(m_fd, static_cast<off_t>(offset), SEEK_DATA);
        if (data < 0 && errno == ENXIO)
            return false; // a hole up to the end
        if (data > 0 && static_cast<std::uint64_t>(data) > offset)
            offset = static_cast<std::uint64_t>(data);
        const std::size_t n = readAt(offset, m_window.data(), m_window.size());
        if (n < HAT_SECTION_HEADER_BYTES)
            return false;
        const std::uint8_t* at = m_window.data();
        const std::uint8_t* const end = at + n;
        while (true) {
            at = static_cast<const std::uint8_t*>(
                ::memmem(at, static_cast<std::size_t>(end - at), HAT_SYNC_MARKER, 8));
            if (at == nullptr || end - at < HAT_SECTION_HEADER_BYTES)
                break;
            header.offset = offset + static_cast<std::uint64_t>(at - m_window.data());
            if (parseHeader({ at, HAT_SECTION_HEADER_BYTES }, header) && header.endOffset() <= m_fileBytes)
                return true;
            ++at;
        }
        offset += n - HAT_SECTION_HEADER_BYTES + 1; // a header that is only half in this window
    }
    return false;
}

bool SectionReader::readTrailer(Trailer& trailer)
{
    if (m_fileBytes < HAT_FILE_HEADER_BYTES + HAT_TRAILER_BYTES)
        return false;
    std::array<std::uint8_t, HAT_TRAILER_BYTES> bytes {};
    if (readAt(m_fileBytes - bytes.size(), bytes.data(), bytes.size()) != bytes.size())
        return false;
    ByteCursor cursor(bytes);
    trailer.indexOffset = cursor.fixed<std::uint64_t>();
    trailer.indexBytes = cursor.fixed<std::uint64_t>();
    return cursor.fixed<std::uint64_t>() == hat_checksum(bytes.data(), 16)
        && std::memcmp(bytes.data() + 24, HAT_END_MAGIC, 8) == 0
        && trailer.indexOffset <= m_fileBytes - HAT_TRAILER_BYTES
        && trailer.indexBytes == m_fileBytes - HAT_TRAILER_BYTES - trailer.indexOffset;
}

bool SectionReader::expand(const SectionHeader& header, std::span<const std::uint8_t> payload,
    std::size_t limit, std::span<const std::uint8_t>& raw)
{
    if (header.rawBytes > limit || !expand(header.codec, payload, header.rawBytes, 0, m_raw))
        return false;
    raw = { m_raw.data(), header.rawBytes };
    return true;
}

bool SectionReader::expand(unsigned codec, std::span<const std::uint8_t> stored, std::size_t rawBytes,
    std::size_t padding, std::vector<std::uint8_t>& out)
{
    if (codec == HAT_CODEC_RAW ? stored.size() != rawBytes : codec != HAT_CODEC_ZSTD)
        return false;
    // What zstd says of the frame is checked before memory is taken for it.
    if (codec == HAT_CODEC_ZSTD && ZSTD_getFrameContentSize(stored.data(), stored.size()) != rawBytes)
        return false;
    if (out.size() < rawBytes + padding)
        out.resize(rawBytes + padding);
    if (codec == HAT_CODEC_RAW)
        std::copy(stored.begin(), stored.end(), out.begin());
    else if (ZSTD_decompressDCtx(m_zstd, out.data(), rawBytes, stored.data(), stored.size()) != rawBytes)
        return false;
    std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(rawBytes), padding, std::uint8_t { 0 });
    return true;
}

} // namespace heapatlas
