// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "trace/tracereader.h"
#include "trace/tracewriter.h"

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace heapatlas::test {

/// An event as it was given to the writer, or as the reader gave it back.
struct PlainEvent
{
    std::uint8_t code = 0;
    std::uint32_t slot = 0; ///< for markers: 0
    Bytes size = 0;
    std::uint32_t stack = 0;
    std::uint64_t address = 0;
    std::uint64_t oldAddress = 0;

    friend bool operator==(const PlainEvent&, const PlainEvent&) = default;
};

/// Everything a reader said of a file.
struct ReadTrace
{
    bool isOpen = false;
    Error error; ///< if not
    TraceInfo info;
    std::vector<AdoptedBlock> adopted; ///< at the start
    std::vector<AdoptedBlock> live; ///< at the end
    std::map<std::uint64_t, PlainEvent> events; ///< by index: there may be gaps
    std::vector<Marker> markers;
    std::vector<UsageSample> samples;
    std::vector<std::uint64_t> breaks; ///< where it went on after a gap
};

/// All fields, to be compared.
std::string toText(const Marker& marker);
std::string toText(const UsageSample& sample);

/// Opens and reads a file to its end with the same columns throughout.
ReadTrace readAll(const std::string& path, ColumnChoice choice = {});

/// A program that never ran: an allocator of small classes and large pages with a random order of requests, told to
/// a TraceWriter and remembered. The same seed makes the same bytes.
class RandomTrace
{
public:
    struct Shape
    {
        std::uint32_t events = 1000;
        std::uint64_t restartInterval = 0;
        std::uint32_t flushEvery = 0; ///< events; 0 never
        bool hasAdopted = true;
        bool hasStacks = true;
        bool isWild = false; ///< addresses and sizes of any 64-bit value: no bet holds
        bool isFinished = true;
    };

    RandomTrace(const std::string& path, std::uint32_t seed, Shape shape);

    std::vector<AdoptedBlock> adopted;
    std::vector<PlainEvent> events;
    std::vector<UsageSample> samples;
    std::vector<Marker> markers;
    std::vector<AdoptedBlock> live; ///< at the end
    std::uint64_t bytes = 0;
    bool isWritten = false;

    static TraceWriter::Options options(std::uint64_t restartInterval);
    static ZendMmState someState(std::uint64_t salt);

private:
    struct Block
    {
        std::uint64_t address = 0;
        Bytes size = 0;
    };
    std::uint64_t random(std::uint64_t below) { return m_random() % below; }
    std::uint64_t place(Bytes size);
    void giveBack(const Block& block);
    Bytes randomSize();
    void step(TraceWriter& writer);
    void stepMarker(TraceWriter& writer);
    std::uint32_t pickSlot();

    std::mt19937_64 m_random;
    Shape m_shape;
    std::map<std::uint32_t, Block> m_blocks; ///< by slot
    std::vector<std::vector<std::uint64_t>> m_free; ///< by class, LIFO
    std::vector<std::uint64_t> m_expected; ///< slots freed, newest last
    std::uint32_t m_slots = 0;
    std::uint64_t m_top = 0x7F0000000000;
    std::uint32_t m_stack = 0;
    std::uint32_t m_stackCount = 0;
    std::uint32_t m_name = 0;
};

} // namespace heapatlas::test
