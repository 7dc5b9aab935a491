// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "model/pagesource.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace heapatlas {

/// A moment at which the bytes of the heap were kept.
struct ContentsMoment
{
    enum class Kind : std::uint8_t
    {
        Checkpoint,
        End, ///< of the recording
    };

    std::uint64_t event = 0; ///< the state after that many events
    Kind kind = Kind::End;
    std::string name; ///< of the checkpoint
    std::uint64_t pages = 0; ///< kept, those of zeros included
    bool isCut = false; ///< not all that there was: the trace's size limit, or damage
};

/// The bytes of the heap that a trace keeps (`hatlas record --contents`; FORMAT.md, 7 and 8). Opening reads where they
/// are; pages are decompressed when asked for and few are kept, so memory does not grow with the heap. One thread at a time.
class ContentsStore
{
public:
    /// Fails as TraceReader::open(). A trace without contents has no moments; damage is noted and what is whole is kept.
    static Result<std::unique_ptr<ContentsStore>> open(const std::string& path);
    ~ContentsStore();
    ContentsStore(const ContentsStore&) = delete;
    ContentsStore& operator=(const ContentsStore&) = delete;

    /// Ascending by event.
    [[nodiscard]] const std::vector<ContentsMoment>& moments() const;
    /// The newest moment at or before the state after `event` events.
    [[nodiscard]] std::optional<std::size_t> momentAt(std::uint64_t event) const;

    /// The 4096 bytes at `page` (a multiple of 4096) at a moment; empty if they were not kept or are damaged. Good until
    /// the next call of any function.
    [[nodiscard]] std::span<const std::uint8_t> page(std::size_t moment, Address page);
    /// The same as a function, which must not outlive the store.
    [[nodiscard]] PageSource pages(std::size_t moment);
    /// What of the address space was kept at a moment, ascending, as long stretches as there are.
    [[nodiscard]] std::vector<AddressRange> ranges(std::size_t moment);

    [[nodiscard]] std::uint64_t distinctPages() const; ///< that the file has; equal ones once, zeros never
    [[nodiscard]] Bytes storedBytes() const; ///< what contents take in the file

    /// How much of what was decompressed is kept at most (2 MiB until told otherwise).
    void setCacheBytes(Bytes bytes);

    /// Decompresses every page once. False if one is not whole; damage() then tells.
    bool check();
    [[nodiscard]] const std::vector<Error>& damage() const;

private:
    class Impl;
    explicit ContentsStore(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace heapatlas
