// SPDX-License-Identifier: GPL-3.0-or-later
#include "alloc/zendmm.h"
#include "replay/enginereplay.h"

namespace heapatlas {

namespace {

using ZendMmReplay = EngineReplay<ZendMm<SimulatedMemory>, ZendMmOptions>;

ZendMmState::Variant variantOf(const ReplayStart& start)
{
    if (start.state != nullptr)
        return start.state->variant;
    return start.info.metaValue("variant") == "classic" ? ZendMmState::Variant::Classic
                                                        : ZendMmState::Variant::DelayedOom;
}

Result<std::unique_ptr<ReplayEngine>> create_zendmm(const ReplayStart& start)
{
    auto replay = std::make_unique<ZendMmReplay>(
        ZendMmOptions::forPhp(start.info.metaValue("phpVersion"), variantOf(start)));
    if (start.state != nullptr) {
        if (const Result<void> synced = replay->resync(*start.state, start.blocks); !synced)
            return synced.error();
    }
    return std::unique_ptr<ReplayEngine>(std::move(replay));
}

} // namespace

Result<std::unique_ptr<ReplayEngine>> createReplayEngine(const std::string& id, const ReplayStart& start)
{
// One branch for each line of engines.def: an engine without a create_<id>() here does not compile.
#define HA_ENGINE(engine)                                                                                    \
    if (id == #engine)                                                                                       \
        return create_##engine(start);
#include "alloc/engines.def"
#undef HA_ENGINE
    return Error { ErrorCode::Unsupported, "no engine \"" + id + "\"", {} };
}

} // namespace heapatlas
