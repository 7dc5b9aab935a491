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

} // namespace

Result<std::unique_ptr<ReplayEngine>> createReplayEngine(const std::string& id, const ReplayStart& start)
{
    if (id != "zendmm")
        return Error { ErrorCode::Unsupported, "no engine \"" + id + "\"", {} };
    auto replay = std::make_unique<ZendMmReplay>(
        ZendMmOptions::forPhp(start.info.metaValue("phpVersion"), variantOf(start)));
    if (start.state != nullptr) {
        if (const Result<void> synced = replay->resync(*start.state, start.blocks); !synced)
            return synced.error();
    }
    return std::unique_ptr<ReplayEngine>(std::move(replay));
}

} // namespace heapatlas
