// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "alloc/placement.h"
#include "base/address.h"
#include "model/heapevent.h"
#include "model/heapsnapshot.h"
#include "model/snapshotbuilder.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace heapatlas {

/// Which memory an engine stands on.
enum class MemoryKind : std::uint8_t
{
    Simulated,
    Process,
};

/// An engine behind one interface, blocks named by address: for the lab, lessons and contract tests. A replay uses the
/// engine's own type instead, where nothing is virtual. Not thread safe.
class Engine
{
public:
    Engine() = default;
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
    virtual ~Engine() = default;

    /// Size 0 is a real block. Fails with OutOfMemory, LimitReached, SizeOverflow, and with BadAlignment unless
    /// alignment is a power of two that the engine can give (EngineTraits::maxAlignment).
    virtual Placement<Address> allocate(Bytes size, Bytes alignment) = 0;
    /// Fails with UnknownAddress or DoubleFree. Real memory knows only what its pages tell: there a double free of a
    /// small block is not noticed.
    virtual AllocFailure deallocate(Address address) = 0;
    /// The null address allocates. If it fails, the block is as it was.
    virtual Placement<Address> reallocate(Address address, Bytes size) = 0;
    /// Bytes granted to the live block that begins there; unset if there is none.
    [[nodiscard]] virtual std::optional<Bytes> usableSize(Address address) const = 0;
    virtual Bytes trim() = 0; ///< gives free memory back as far as the engine can; bytes
    [[nodiscard]] virtual HeapTotals totals() const = 0;
    virtual void describe(SnapshotBuilder& out) const = 0;
    [[nodiscard]] virtual std::string checkInvariants() const = 0;
    virtual void watch(HeapEventSink* sink) = 0;
};

/// Any engine template instance E as an Engine.
template <class E>
class EngineOver final : public Engine
{
public:
    Placement<Address> allocate(Bytes size, Bytes alignment) override
    {
        if (alignment == 0 || (alignment & (alignment - 1)) != 0 || alignment > E::maxAlignment)
            return { {}, AllocFailure::BadAlignment };
        return named(m_engine.allocate(size));
    }
    AllocFailure deallocate(Address address) override
    {
        const typename E::Block block = m_engine.blockAt(address);
        return block.isNull() ? m_engine.whyNoBlock(address) : m_engine.deallocate(block);
    }
    Placement<Address> reallocate(Address address, Bytes size) override
    {
        if (address.isNull())
            return named(m_engine.allocate(size));
        const typename E::Block block = m_engine.blockAt(address);
        if (block.isNull())
            return { {}, m_engine.whyNoBlock(address) };
        return named(m_engine.reallocate(block, size));
    }
    [[nodiscard]] std::optional<Bytes> usableSize(Address address) const override
    {
        const typename E::Block block = m_engine.blockAt(address);
        return block.isNull() ? std::nullopt : std::optional(m_engine.usableSize(block));
    }
    Bytes trim() override { return m_engine.gc(); }
    [[nodiscard]] HeapTotals totals() const override
    {
        SnapshotBuilder builder(0, Detail::Totals, {});
        m_engine.describe(builder);
        return builder.totals();
    }
    void describe(SnapshotBuilder& out) const override { m_engine.describe(out); }
    [[nodiscard]] std::string checkInvariants() const override { return m_engine.checkInvariants(); }
    void watch(HeapEventSink* sink) override { m_engine.watch(sink); }

private:
    [[nodiscard]] Placement<Address> named(const Placement<typename E::Block>& placement) const
    {
        return { placement.isOk() ? m_engine.addressOf(placement.block) : Address {}, placement.failure };
    }

    E m_engine;
};

} // namespace heapatlas
