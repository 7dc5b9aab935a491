// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/contents.h"

#include "trace/bytecursor.h"
#include "trace/hatformat.h"
#include "trace/readlimits.h"
#include "trace/sectionreader.h"
#include "trace/traceindex.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <list>
#include <map>
#include <utility>

namespace heapatlas {

using namespace readlimits;

static_assert(contentsPageBytes == HAT_PAGE_BYTES);

namespace {

constexpr std::uint64_t addressPages = std::uint64_t { 1 } << (64 - HAT_PAGE_SHIFT);

/// A stretch of pages of a moment.
struct PageRow
{
    std::uint64_t page = 0; ///< number of the first
    std::uint64_t count = 0;
    std::uint32_t id = 0; ///< of the first; 0: all are zeros
    bool isRising = false; ///< each has the next id, else all have the same

    [[nodiscard]] std::uint64_t end() const { return page + count; }
};

/// Where the pages of a group are.
struct Group
{
    std::uint64_t offset = 0; ///< of the section
    std::uint32_t firstId = 0;
    std::uint32_t pages = 0;
};

struct Moment
{
    std::uint32_t ordinal = 0;
    std::vector<std::uint64_t> parts; ///< offsets of the sections
    bool hasLast = false;
};

} // namespace

class ContentsStore::Impl
{
public:
    explicit Impl(std::unique_ptr<SectionReader> reader)
        : m_sections(std::move(reader))
    {
    }

    void readAll();
    [[nodiscard]] std::span<const std::uint8_t> page(std::size_t moment, Address page);
    [[nodiscard]] const std::vector<PageRow>& rows(std::size_t moment);
    bool check();

    std::size_t cachedGroups = 8; ///< 256 KiB each
    std::vector<ContentsMoment> moments;
    std::vector<Error> damage;
    std::uint64_t distinctPages = 0;
    Bytes storedBytes = 0;

private:
    using Status = SectionReader::Status;
    struct Part
    {
        std::uint32_t ordinal = 0;
        ContentsMoment head;
        std::vector<PageRow> rows;
    };
    struct LoadedGroup
    {
        std::size_t index = 0;
        bool isWhole = false;
        std::vector<std::uint8_t> bytes;
    };

    bool readByIndex();
    void readByHeaders();
    void consume(const SectionHeader& header);
    void consumeGroup(const SectionHeader& header);
    void consumeMoment(const SectionHeader& header);
    bool readPart(const SectionHeader& header, std::size_t rowLimit, Part& part);
    const LoadedGroup& load(std::size_t index);
    [[nodiscard]] std::optional<std::size_t> groupOf(std::uint32_t id) const;
    void note(ErrorCode code, std::string context, std::uint64_t at);

    std::unique_ptr<SectionReader> m_sections;
    std::vector<Group> m_groups; ///< ascending by id, not overlapping
    std::vector<Moment> m_moments; ///< as `moments`
    std::list<LoadedGroup> m_loaded; ///< newest first
    std::map<std::size_t, std::list<LoadedGroup>::iterator> m_loadedAt; ///< by index
    std::optional<std::size_t> m_rowsOf; ///< the moment that m_rows is of
    std::vector<PageRow> m_rows;
    std::uint64_t m_pages = 0; ///< of all moments
    std::uint64_t m_rawBytes = 0; ///< of all moments
};

void ContentsStore::Impl::note(ErrorCode code, std::string context, std::uint64_t at)
{
    if (damage.size() < maxDamage)
        damage.push_back({ code, std::move(context), at });
}

void ContentsStore::Impl::readAll()
{
    if (!readByIndex())
        readByHeaders();
    for (std::size_t i = 0; i < moments.size(); ++i)
        moments[i].isCut = moments[i].isCut || !m_moments[i].hasLast;
}

bool ContentsStore::Impl::readByIndex()
{
    SectionReader::Trailer trailer;
    SectionHeader header;
    std::span<const std::uint8_t> payload;
    std::span<const std::uint8_t> raw;
    if (!m_sections->readTrailer(trailer) || m_sections->readHeader(trailer.indexOffset, header) != Status::Ok
        || header.type != HAT_SECTION_INDEX || m_sections->readPayload(header, payload) != Status::Ok
        || !m_sections->expand(header, payload, maxPartBytes, raw))
        return false;
    const std::optional<TraceIndex> index = parseTraceIndex(raw);
    if (!index)
        return false;
    for (const std::uint64_t offset : index->contentsOffsets) {
        if (m_sections->readHeader(offset, header) == Status::Ok)
            consume(header);
        else
            note(ErrorCode::ChecksumMismatch, "a section's header is damaged", offset);
    }
    return true;
}

/// A file without index: from section to section.
void ContentsStore::Impl::readByHeaders()
{
    std::uint64_t at = HAT_FILE_HEADER_BYTES;
    SectionHeader header;
    while (true) {
        const Status status = m_sections->readHeader(at, header);
        if (status == Status::Damaged) {
            if (!m_sections->findHeader(at + 1, header))
                return;
        } else if (status != Status::Ok) {
            return;
        }
        consume(header);
        at = header.endOffset();
    }
}

void ContentsStore::Impl::consume(const SectionHeader& header)
{
    if (header.type == HAT_SECTION_PAGES)
        consumeGroup(header);
    else if (header.type == HAT_SECTION_MOMENT)
        consumeMoment(header);
    else
        return;
    storedBytes += header.endOffset() - header.offset;
}

void ContentsStore::Impl::consumeGroup(const SectionHeader& header)
{
    // Only the front is read; the checksum is held against it when the pages are wanted.
    std::array<std::uint8_t, HAT_GROUP_HEAD_BYTES> front {};
    if (!m_sections->read(header.offset + HAT_SECTION_HEADER_BYTES, front)) {
        note(ErrorCode::Truncated, "page contents are cut off", header.offset);
        return;
    }
    ByteCursor in(front);
    Group group { header.offset, in.fixed<std::uint32_t>(), in.fixed<std::uint16_t>() };
    const std::uint32_t expected = m_groups.empty() ? 1 : m_groups.back().firstId + m_groups.back().pages;
    // A number that does not follow is either damaged or follows a lost section.
    std::span<const std::uint8_t> payload;
    if (group.firstId != expected && m_sections->readPayload(header, payload) != Status::Ok) {
        note(ErrorCode::ChecksumMismatch, "page contents are damaged", header.offset);
        return;
    }
    if (group.firstId < expected || group.pages == 0 || group.pages > HAT_GROUP_PAGES
        || group.pages != header.count || header.storedBytes < HAT_GROUP_HEAD_BYTES
        || group.firstId > UINT32_MAX - HAT_GROUP_PAGES) {
        note(ErrorCode::MalformedTrace, "page contents contradict themselves", header.offset);
        return;
    }
    m_groups.push_back(group);
    distinctPages += group.pages;
}

bool ContentsStore::Impl::readPart(const SectionHeader& header, std::size_t rowLimit, Part& part)
{
    std::span<const std::uint8_t> payload;
    std::span<const std::uint8_t> raw;
    if (m_sections->readPayload(header, payload) != Status::Ok
        || !m_sections->expand(header, payload, maxPartBytes, raw))
        return false;
    ByteCursor in(raw);
    part.ordinal = in.numberBelow(UINT32_MAX);
    const std::uint32_t kind = in.numberBelow(256);
    part.head.kind = kind == 0 ? ContentsMoment::Kind::Checkpoint : ContentsMoment::Kind::End;
    part.head.name = in.text(in.numberBelow(HAT_MAX_MOMENT_NAME + 1));
    part.head.event = header.firstEvent;
    part.head.isCut = (header.flags & HAT_MOMENT_CUT) != 0;
    std::uint64_t page = 0;
    std::uint64_t expected = 1;
    while (in.isOk() && !in.isAtEnd()) {
        if (part.rows.size() >= rowLimit)
            return false;
        const std::uint64_t gap = in.number();
        const std::uint64_t what = in.number();
        PageRow row;
        row.count = what >> 2;
        const auto form = static_cast<unsigned>(what & 3);
        if (gap > addressPages - page || row.count > addressPages - page - gap || row.count == 0 || form > 2)
            return false;
        row.page = page + gap;
        page = row.end();
        if (form != HAT_PAGES_ZERO) {
            const std::uint64_t id = expected + unzigzag(in.number());
            row.isRising = form == HAT_PAGES_RISING;
            const std::uint64_t last = row.isRising ? id + row.count - 1 : id;
            if (id == 0 || id > UINT32_MAX || last > UINT32_MAX || last < id)
                return false;
            row.id = static_cast<std::uint32_t>(id);
            expected = last + 1;
        }
        part.head.pages += row.count;
        part.rows.push_back(row);
    }
    return in.isOk();
}

void ContentsStore::Impl::consumeMoment(const SectionHeader& header)
{
    m_rawBytes += header.rawBytes;
    Part part;
    const std::uint64_t fileBytes = m_sections->fileBytes();
    const std::uint64_t room = maxContentsPages(fileBytes) - m_pages;
    if (m_rawBytes > maxMomentBytes(fileBytes) || !readPart(header, maxContentsRows(fileBytes), part)
        || part.head.pages > room) {
        note(ErrorCode::MalformedTrace, "a moment of the contents is damaged", header.offset);
        if (!m_moments.empty() && (header.flags & HAT_MOMENT_FIRST) == 0)
            moments.back().isCut = true;
        return;
    }
    const bool isNew = m_moments.empty() || m_moments.back().ordinal != part.ordinal;
    if (isNew && !moments.empty()
        && (part.ordinal < m_moments.back().ordinal || part.head.event < moments.back().event)) {
        note(ErrorCode::MalformedTrace, "a moment of the contents is out of order", header.offset);
        return;
    }
    m_pages += part.head.pages;
    if (isNew) {
        m_moments.push_back({ part.ordinal, {}, false });
        moments.push_back(part.head);
        moments.back().isCut = part.head.isCut || (header.flags & HAT_MOMENT_FIRST) == 0;
    } else {
        moments.back().pages += part.head.pages;
        moments.back().isCut = moments.back().isCut || part.head.isCut;
    }
    m_moments.back().parts.push_back(header.offset);
    m_moments.back().hasLast = m_moments.back().hasLast || (header.flags & HAT_MOMENT_LAST) != 0;
}

const std::vector<PageRow>& ContentsStore::Impl::rows(std::size_t moment)
{
    if (m_rowsOf == moment)
        return m_rows;
    m_rows.clear();
    m_rowsOf = moment;
    for (const std::uint64_t offset : m_moments[moment].parts) {
        SectionHeader header;
        Part part;
        if (m_sections->readHeader(offset, header) != Status::Ok
            || !readPart(header, maxContentsRows(m_sections->fileBytes()), part))
            continue; // the file changed since
        // Parts ascend; one that does not is worth nothing.
        if (!part.rows.empty() && (m_rows.empty() || m_rows.back().end() <= part.rows.front().page)
            && m_rows.size() + part.rows.size() <= maxContentsRows(m_sections->fileBytes()))
            m_rows.insert(m_rows.end(), part.rows.begin(), part.rows.end());
    }
    return m_rows;
}

std::optional<std::size_t> ContentsStore::Impl::groupOf(std::uint32_t id) const
{
    auto after = std::upper_bound(m_groups.begin(), m_groups.end(), id,
        [](std::uint32_t wanted, const Group& g) { return wanted < g.firstId; });
    if (after == m_groups.begin())
        return std::nullopt;
    --after;
    if (id - after->firstId >= after->pages)
        return std::nullopt;
    return static_cast<std::size_t>(after - m_groups.begin());
}

const ContentsStore::Impl::LoadedGroup& ContentsStore::Impl::load(std::size_t index)
{
    const auto present = m_loadedAt.find(index);
    if (present != m_loadedAt.end()) {
        m_loaded.splice(m_loaded.begin(), m_loaded, present->second);
        return m_loaded.front();
    }
    if (m_loaded.size() < cachedGroups) {
        m_loaded.emplace_front();
    } else {
        m_loadedAt.erase(m_loaded.back().index);
        m_loaded.splice(m_loaded.begin(), m_loaded, std::prev(m_loaded.end()));
    }
    m_loadedAt[index] = m_loaded.begin();
    LoadedGroup& loaded = m_loaded.front();
    loaded.index = index;
    const Group& group = m_groups[index];
    SectionHeader header;
    std::span<const std::uint8_t> payload;
    loaded.isWhole = m_sections->readHeader(group.offset, header) == Status::Ok
        && m_sections->readPayload(header, payload) == Status::Ok && payload.size() >= HAT_GROUP_HEAD_BYTES
        && m_sections->expand(payload[HAT_GROUP_HEAD_BYTES - 2], payload.subspan(HAT_GROUP_HEAD_BYTES),
            std::size_t { group.pages } * HAT_PAGE_BYTES, 0, loaded.bytes);
    if (!loaded.isWhole)
        note(ErrorCode::ChecksumMismatch, "page contents are damaged", group.offset);
    return loaded;
}

std::span<const std::uint8_t> ContentsStore::Impl::page(std::size_t moment, Address address)
{
    static const std::array<std::uint8_t, HAT_PAGE_BYTES> zeros {};
    if (moment >= moments.size() || address.offsetIn(HAT_PAGE_BYTES) != 0)
        return {};
    const std::uint64_t number = address.value >> HAT_PAGE_SHIFT;
    const std::vector<PageRow>& all = rows(moment);
    auto row = std::upper_bound(
        all.begin(), all.end(), number, [](std::uint64_t n, const PageRow& r) { return n < r.page; });
    if (row == all.begin())
        return {};
    --row;
    if (number >= row->end())
        return {};
    if (row->id == 0)
        return zeros;
    const auto id = row->isRising ? static_cast<std::uint32_t>(row->id + (number - row->page)) : row->id;
    const std::optional<std::size_t> group = groupOf(id);
    if (!group)
        return {};
    const LoadedGroup& loaded = load(*group);
    if (!loaded.isWhole)
        return {};
    return std::span(loaded.bytes)
        .subspan(std::size_t { id - m_groups[*group].firstId } * HAT_PAGE_BYTES, HAT_PAGE_BYTES);
}

bool ContentsStore::Impl::check()
{
    bool isWhole = damage.empty();
    for (std::size_t i = 0; i < m_groups.size(); ++i)
        isWhole = load(i).isWhole && isWhole;
    return isWhole;
}

Result<std::unique_ptr<ContentsStore>> ContentsStore::open(const std::string& path)
{
    Result<std::unique_ptr<SectionReader>> sections = SectionReader::open(path);
    if (!sections)
        return sections.error();
    auto impl = std::make_unique<Impl>(std::move(*sections));
    impl->readAll();
    return std::unique_ptr<ContentsStore>(new ContentsStore(std::move(impl)));
}

void ContentsStore::setCacheBytes(Bytes bytes)
{
    constexpr Bytes groupBytes = Bytes { HAT_GROUP_PAGES } * HAT_PAGE_BYTES;
    m_impl->cachedGroups = std::max<std::size_t>(1, static_cast<std::size_t>(bytes / groupBytes));
}

ContentsStore::ContentsStore(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

ContentsStore::~ContentsStore() = default;

const std::vector<ContentsMoment>& ContentsStore::moments() const { return m_impl->moments; }

std::optional<std::size_t> ContentsStore::momentAt(std::uint64_t event) const
{
    const auto after = std::upper_bound(m_impl->moments.begin(), m_impl->moments.end(), event,
        [](std::uint64_t e, const ContentsMoment& m) { return e < m.event; });
    if (after == m_impl->moments.begin())
        return std::nullopt;
    return static_cast<std::size_t>(after - m_impl->moments.begin()) - 1;
}

std::span<const std::uint8_t> ContentsStore::page(std::size_t moment, Address page)
{
    return m_impl->page(moment, page);
}

PageSource ContentsStore::pages(std::size_t moment)
{
    return [impl = m_impl.get(), moment](Address page) { return impl->page(moment, page); };
}

std::vector<AddressRange> ContentsStore::ranges(std::size_t moment)
{
    std::vector<AddressRange> result;
    if (moment >= m_impl->moments.size())
        return result;
    for (const PageRow& row : m_impl->rows(moment)) {
        // The last page of the address space would end at 2^64; nothing lies there.
        const Address begin { row.page << HAT_PAGE_SHIFT };
        const Address end { std::min(row.end(), addressPages - 1) << HAT_PAGE_SHIFT };
        if (!result.empty() && result.back().end == begin)
            result.back().end = end;
        else if (begin < end)
            result.push_back({ begin, end });
    }
    return result;
}

std::uint64_t ContentsStore::distinctPages() const { return m_impl->distinctPages; }
Bytes ContentsStore::storedBytes() const { return m_impl->storedBytes; }
bool ContentsStore::check() { return m_impl->check(); }
const std::vector<Error>& ContentsStore::damage() const { return m_impl->damage; }

} // namespace heapatlas
