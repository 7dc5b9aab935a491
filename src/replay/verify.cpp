// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay/verify.h"

#include "alloc/zendmm.h"
#include "replay/verifier.h"

namespace heapatlas {

Result<VerifyResult> verify(TraceReader& reader, const VerifyOptions& options)
{
    const std::string allocator = reader.info().metaValue("allocator");
    if (allocator != "zendmm")
        return Error { ErrorCode::Unsupported, "no exact engine for allocator \"" + allocator + "\"", {} };
    if (reader.initialState() == nullptr)
        return Error { ErrorCode::Unsupported, "the recording has no initial heap state", {} };
    ZendMm<SimulatedMemory> engine(
        ZendMmOptions::forPhp(reader.info().metaValue("phpVersion"), reader.initialState()->variant));
    return Verifier(engine).run(reader, options);
}

} // namespace heapatlas
