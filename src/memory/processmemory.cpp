// SPDX-License-Identifier: GPL-3.0-or-later
#include "memory/processmemory.h"

#include <sys/mman.h>

namespace heapatlas {

namespace {

std::byte* mapAnonymous(std::size_t bytes)
{
    void* pointer = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pointer == MAP_FAILED ? nullptr : static_cast<std::byte*>(pointer);
}

} // namespace

std::optional<ProcessRegion> ProcessMemory::mapSolid(Bytes bytes)
{
    constexpr Bytes osPage = 4096;
    if (bytes == 0 || bytes > (Bytes { 1 } << 47))
        return std::nullopt;
    std::byte* pointer = mapAnonymous(bytes);
    if (pointer == nullptr)
        return std::nullopt;
    const Bytes excess = addressOf({ pointer }).offsetIn(regionBytes);
    if (excess == 0)
        return ProcessRegion { pointer };
    // Not aligned: map with room to spare and cut both ends off.
    munmap(pointer, bytes);
    const Bytes room = bytes + regionBytes - osPage;
    pointer = mapAnonymous(room);
    if (pointer == nullptr)
        return std::nullopt;
    const Bytes offset = addressOf({ pointer }).offsetIn(regionBytes);
    const Bytes before = offset == 0 ? 0 : regionBytes - offset;
    if (before != 0)
        munmap(pointer, before);
    if (room - before > bytes)
        munmap(pointer + before + bytes, room - before - bytes);
    return ProcessRegion { pointer + before };
}

void ProcessMemory::unmapSolid(Region solid, Bytes bytes) { munmap(solid.begin, bytes); }

bool ProcessMemory::extendSolid(Region solid, Bytes oldBytes, Bytes newBytes, bool)
{
    return mremap(solid.begin, oldBytes, newBytes, 0) != MAP_FAILED;
}

bool ProcessMemory::truncateSolid(Region solid, Bytes oldBytes, Bytes newBytes)
{
    return munmap(solid.begin + newBytes, oldBytes - newBytes) == 0;
}

} // namespace heapatlas
