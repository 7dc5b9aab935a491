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
    Result<VerifyResult> result = Verifier(engine).run(reader, options);
    // What contradicts itself then is the recording: the engine had done nothing yet.
    if (!result && result.error().code == ErrorCode::CorruptedState)
        return Error { ErrorCode::MalformedTrace, result.error().context, result.error().offset };
    return result;
}

} // namespace heapatlas
