/* SPDX-License-Identifier: MIT */
#include "php/intercept.h"

#include "php/arena.h"
#include "php/eventlog.h"
#include "php/recording.h"
#include "php/signals.h"
#include "php/smallblocks.h"
#include "php/tracemeta.h"

#include "php.h"

enum
{
    SAMPLE_EVERY = 4096,
    FRONT_BYTES = 4096
};

/* Reasons to look closer before an event. */
enum
{
    IN_CALL =
        1, /* a call into the allocator has not come back: it raises its error, or longjmp left it (swap) */
    FORKED = 2,
    OFF = 4 /* pass everything on */
};

typedef enum call_kind
{
    CALL_ALLOC,
    CALL_REALLOC
} call_kind;

static struct
{
    hat_writer* writer; /* NULL: not recording, and OFF is set */
    char* heap; /* places the blocks */
    char* front; /* what the engine has: heap (toggle) or an empty struct (swap) */
    const uint64_t* front_real_size;
    const uint64_t* front_limit;
    const uint64_t* hard_limit; /* NULL in the classic variant */
    uint64_t seen_real_size, seen_limit;
    unsigned attention; /* when not 0 the log admits no event, so that all go the slow way */
    unsigned since_sample; /* entries logged */
    int with_stacks;
    int is_swap;

    struct /* while IN_CALL */
    {
        call_kind kind;
        uint64_t size;
        uintptr_t old; /* of a realloc, with its page info */
        uint32_t old_info;
        uint32_t stack;
    } call;
} hot;

static char* emptyFront;

/* --- the two heaps --------------------------------------------------------------------------------------------- */

static void see(void)
{
    hot.seen_real_size = *hot.front_real_size;
    hot.seen_limit = *hot.front_limit;
}

static void copyField64(char* to, const char* from, unsigned offset)
{
    memcpy(to + offset, from + offset, 8);
}
static void copyField32(char* to, const char* from, unsigned offset)
{
    memcpy(to + offset, from + offset, 4);
}

/* What the engine and others read of their heap. */
static void showFigures(void)
{
    const ha_layout* const l = ha_now.layout;
    copyField64(hot.front, hot.heap, l->size);
    copyField64(hot.front, hot.heap, l->peak);
    copyField64(hot.front, hot.heap, l->real_size);
    copyField64(hot.front, hot.heap, l->real_peak);
    copyField32(hot.front, hot.heap, l->overflow);
    copyField64(hot.front, hot.heap, l->cached_chunks);
    copyField32(hot.front, hot.heap, l->cached_chunks_count);
    hot.seen_real_size = *hot.front_real_size;
}

static uint64_t hardLimit(void) { return hot.hard_limit != NULL ? *hot.hard_limit : 0; }

/* zend_set_memory_limit() worked on the front: make it so behind it. */
static void takeLimit(void)
{
    if (hot.is_swap) {
        const ha_layout* const l = ha_now.layout;
        copyField64(hot.heap, hot.front, l->limit);
        copyField64(hot.heap, hot.front, l->real_size);
        copyField64(hot.heap, hot.front, l->cached_chunks);
        copyField32(hot.heap, hot.front, l->cached_chunks_count);
    }
    see();
}

static void enter(int is_swap)
{
    if (!is_swap)
        ha_set_u32(hot.heap, 0, 0);
}

static void leave(int is_swap)
{
    if (is_swap)
        showFigures();
    else {
        ha_set_u32(hot.heap, 0, ZEND_MM_CUSTOM_HEAP_STD);
        see();
    }
}

static inline void attendTo(unsigned reason)
{
    hot.attention |= reason;
    ha_log_admit(0);
}

static inline void attendedTo(unsigned reason)
{
    hot.attention &= ~reason;
    ha_log_admit(hot.attention == 0);
}

/* Everything so far into the trace, so that what is written next follows it. */
static void drain(void)
{
    hot.since_sample += (unsigned)(ha_log.at - ha_log.begin);
    ha_log_drain(hot.writer);
}

/* --- out of the ordinary --------------------------------------------------------------------------------------- */

static void adoptRecording(void)
{
    const ha_layout* const l = ha_now.layout;
    hot.writer = ha_now.writer;
    hot.heap = ha_now.heap;
    hot.front_real_size = (const uint64_t*)(const void*)(hot.front + l->real_size);
    hot.front_limit = (const uint64_t*)(const void*)(hot.front + l->limit);
    hot.hard_limit =
        l->hard_limit != HA_NOT_KNOWN ? (const uint64_t*)(const void*)(hot.heap + l->hard_limit) : NULL;
    hot.since_sample = 0;
    hot.with_stacks = ha_config.stacks != HA_STACKS_NONE;
    attendedTo(~0u);
    ha_signals_watch();
}

/* A call that returned nothing, or never returned. */
static void tellFailedCall(void)
{
    uint32_t slot = 0;
    drain();
    hat_set_stack(hot.writer, hot.call.stack);
    if (hot.call.kind != CALL_REALLOC || !ha_log_name(hot.writer, hot.call.old, hot.call.old_info, &slot))
        hat_alloc_failed(hot.writer, hot.call.size);
    else
        hat_realloc_failed(hot.writer, slot, hot.call.size);
}

static void leftByError(void)
{
    attendedTo(IN_CALL);
    /* The limit the engine reads is the front's own; the rest moved on behind it. */
    showFigures();
    tellFailedCall();
}

static void takeOut(void);

/* The heap or the limit was changed past the handlers. */
static void tellLimit(void)
{
    drain();
    takeLimit();
    hat_limit(hot.writer, hot.is_swap ? *hot.front_limit : (uint64_t)PG(memory_limit), *hot.front_limit, 1,
        hardLimit());
}

/* Whether the heap or the limit changed past the handlers. What the fast paths do does not depend on it, so it is
 * noticed by the first event that goes the slow way, and before a figure is told. */
static inline int figuresChanged(void)
{
    return ((*hot.front_real_size ^ hot.seen_real_size) | (*hot.front_limit ^ hot.seen_limit)) != 0;
}

/* Called when needsAttention(). */
static ZEND_COLD zend_never_inline void attend(void)
{
    if ((hot.attention & OFF) != 0)
        return;
    if ((hot.attention & FORKED) != 0) {
        /* Whatever changed, the child's trace begins with the heap as it is now. */
        ha_log_clear();
        const unsigned inCall = hot.attention & IN_CALL;
        if (inCall == 0 && *hot.front_limit != hot.seen_limit)
            takeLimit();
        if (ha_recording_begin_in_child() != 0) {
            hot.writer = NULL;
            hot.attention = 0;
            attendTo(OFF);
            takeOut();
            return;
        }
        adoptRecording();
        if (hot.is_swap)
            showFigures();
        see();
        return;
    }
    if ((hot.attention & IN_CALL) != 0) {
        leftByError();
        return;
    }
    /* php_error_cb() sets memory_limit anew at a fatal error, past the INI entry; that may free cached chunks. */
    if (figuresChanged())
        tellLimit();
}

static inline int needsAttention(void) { return hot.attention != 0 || figuresChanged(); }

static void sample(void)
{
    hot.since_sample = 0;
    const int error = hat_error(hot.writer);
    if (error == 0) {
        ha_recording_sample();
        return;
    }
    ha_intercept_stop(error == HAT_ELIMIT ? "heapatlas.limit was reached" : strerror(error));
}

/* Before an event that goes the slow way, and before a marker: sees to what happened meanwhile. Signals wait until
 * endSlowly(). 0: not recording (any more). */
static int beginSlowly(void)
{
    ha_signals_hold();
    if (UNEXPECTED(hot.attention != 0))
        attend();
    if (hot.writer != NULL && figuresChanged())
        attend();
    if (hot.writer != NULL && (ha_log.at >= ha_log.end || hot.since_sample >= SAMPLE_EVERY)) {
        drain();
        if (hot.since_sample >= SAMPLE_EVERY)
            sample();
    }
    if (hot.writer != NULL)
        return 1;
    ha_signals_release();
    return 0;
}

static inline void endSlowly(void) { ha_signals_release(); }

static zend_always_inline uint32_t stackNow(void) { return hot.with_stacks ? ha_callstack_now() : 0; }

/* PHP ends at once, without any shutdown, in a call that passes the hard limit: write out what there is. */
static inline void beforeHardLimit(uint64_t size, int may_use_free_slot)
{
    if (hot.hard_limit == NULL)
        return;
    const uint64_t real = *hot.front_real_size;
    const uint64_t room = *hot.hard_limit > real ? *hot.hard_limit - real : 0;
    if (EXPECTED(size < room && room - size >= 2 * HA_CHUNK_BYTES))
        return;
    if (may_use_free_slot && size <= HA_MAX_SMALL
        && ha_u64(hot.heap, ha_now.layout->free_slot + 8 * ha_bin_of(size)) != 0)
        return;
    drain();
    hat_flush(hot.writer);
}

/* --- the slow way ---------------------------------------------------------------------------------------------- */

static void beginCall(call_kind kind, uint64_t size, void* old, uint32_t stack)
{
    hot.call.kind = kind;
    hot.call.size = size;
    hot.call.old = (uintptr_t)old;
    hot.call.old_info = old != NULL ? ha_info_of((uintptr_t)old) : 0;
    hot.call.stack = stack;
    if (hot.is_swap)
        attendTo(IN_CALL);
    else
        beforeHardLimit(size, kind == CALL_ALLOC);
    enter(hot.is_swap);
}

static void endCall(void)
{
    leave(hot.is_swap);
    if (hot.is_swap)
        attendedTo(IN_CALL);
}

static zend_never_inline void* allocateSlowly(size_t size)
{
    if (!beginSlowly())
        return _zend_mm_alloc((zend_mm_heap*)hot.heap, size);
    const uint32_t stack = stackNow();
    beginCall(CALL_ALLOC, size, NULL, stack);
    void* const p = _zend_mm_alloc((zend_mm_heap*)hot.heap, size);
    endCall();
    if (UNEXPECTED(p == NULL))
        tellFailedCall();
    else if (size <= HA_MAX_SMALL)
        ha_log_put(HA_LOG_ALLOC_FIRST, (uintptr_t)p, size, ha_info_of((uintptr_t)p), stack);
    else
        ha_log_put_large((uintptr_t)p, size, ha_info_of((uintptr_t)p), stack);
    endSlowly();
    return p;
}

static zend_never_inline void releaseSlowly(void* p)
{
    if (!beginSlowly()) {
        _zend_mm_free((zend_mm_heap*)hot.heap, p);
        return;
    }
    const uint32_t stack = stackNow();
    const uint32_t info = ha_info_of((uintptr_t)p);
    enter(hot.is_swap);
    _zend_mm_free((zend_mm_heap*)hot.heap, p);
    leave(hot.is_swap);
    if ((info & HA_KIND_SMALL) != 0)
        ha_log_put(HA_LOG_FREE, (uintptr_t)p, 0, info & HA_RUN_BIN_MASK, stack);
    else
        ha_log_put(HA_LOG_FREE_LARGE, (uintptr_t)p, 0, info, stack);
    endSlowly();
}

static zend_never_inline void* resizeSlowly(void* old, size_t size)
{
    if (!beginSlowly())
        return _zend_mm_realloc((zend_mm_heap*)hot.heap, old, size);
    const uint32_t stack = stackNow();
    beginCall(CALL_REALLOC, size, old, stack);
    const uint32_t info = hot.call.old_info;
    void* const p = _zend_mm_realloc((zend_mm_heap*)hot.heap, old, size);
    endCall();
    if (UNEXPECTED(p == NULL))
        tellFailedCall();
    else
        ha_log_put_move((uintptr_t)old, info, (uintptr_t)p, ha_info_of((uintptr_t)p), size, stack);
    endSlowly();
    return p;
}

/* --- the handlers: for each pattern, with and without stacks --------------------------------------------------- */

/* After a fast path: all other figures are as they were. */
static zend_always_inline void showSize(int is_swap)
{
    if (is_swap) {
        copyField64(hot.front, hot.heap, HA_FAST_SIZE);
        copyField64(hot.front, hot.heap, HA_FAST_PEAK);
    }
}

static zend_always_inline void* allocate(size_t size, int is_swap, int with_stacks)
{
    if (EXPECTED(size <= HA_MAX_SMALL && ha_log.at < ha_log.end)) {
        const unsigned bin = ha_bin_of(size);
        void* const p = ha_small_pop(hot.heap, bin);
        if (EXPECTED(p != NULL)) {
            showSize(is_swap);
            ha_log_put(HA_LOG_ALLOC, (uintptr_t)p, size, bin, with_stacks ? ha_callstack_now() : 0);
            return p;
        }
    }
    return allocateSlowly(size);
}

static zend_always_inline void release(void* p, int is_swap, int with_stacks)
{
    if (UNEXPECTED(p == NULL))
        return;
    const uint32_t info = EXPECTED(ha_log.at < ha_log.end) ? ha_small_info(hot.heap, p) : 0;
    if (EXPECTED(info != 0)) {
        const unsigned bin = info & HA_RUN_BIN_MASK;
        ha_small_push(hot.heap, p, bin);
        showSize(is_swap);
        ha_log_put(HA_LOG_FREE, (uintptr_t)p, 0, bin, with_stacks ? ha_callstack_now() : 0);
        return;
    }
    releaseSlowly(p);
}

static zend_always_inline void* resize(void* old, size_t size, int is_swap, int with_stacks)
{
    if (old == NULL)
        return allocate(size, is_swap, with_stacks);
    const uint32_t info = EXPECTED(ha_log.at < ha_log.end) ? ha_small_info(hot.heap, old) : 0;
    void* const p = EXPECTED(info != 0) ? ha_small_resize(hot.heap, old, info, size) : NULL;
    if (UNEXPECTED(p == NULL))
        return resizeSlowly(old, size);
    showSize(is_swap);
    const uint32_t stack = with_stacks ? ha_callstack_now() : 0;
    if (p == old)
        ha_log_put(HA_LOG_RESIZE, (uintptr_t)p, size, info & HA_RUN_BIN_MASK, stack);
    else
        ha_log_put_move((uintptr_t)old, info, (uintptr_t)p, ha_info_of((uintptr_t)p), size, stack);
    return p;
}

typedef struct handlers
{
    void* (*allocate)(size_t size);
    void (*release)(void* p);
    void* (*resize)(void* p, size_t size);
} handlers;

#define HANDLERS(name, is_swap, with_stacks)                                                                 \
    static void* name##Malloc(size_t size) { return allocate(size, is_swap, with_stacks); }                  \
    static void name##Free(void* p) { release(p, is_swap, with_stacks); }                                    \
    static void* name##Realloc(void* p, size_t size) { return resize(p, size, is_swap, with_stacks); }
HANDLERS(toggle, 0, 0)
HANDLERS(toggleStacks, 0, 1)
HANDLERS(swap, 1, 0)
HANDLERS(swapStacks, 1, 1)

/* [is_swap][with_stacks] */
static const handlers all[2][2] = {
    { { toggleMalloc, toggleFree, toggleRealloc },
        { toggleStacksMalloc, toggleStacksFree, toggleStacksRealloc } },
    { { swapMalloc, swapFree, swapRealloc }, { swapStacksMalloc, swapStacksFree, swapStacksRealloc } },
};

/* --- in and out ------------------------------------------------------------------------------------------------ */

static int handlersAreOurs(void)
{
    void* (*m)(size_t) = NULL;
    void (*f)(void*) = NULL;
    void* (*r)(void*, size_t) = NULL;
    zend_mm_heap* const heap = zend_mm_get_heap();
    if ((char*)heap != hot.front || !zend_mm_is_custom_heap(heap))
        return 0;
    zend_mm_get_custom_handlers(heap, &m, &f, &r);
    return f == all[hot.is_swap][hot.with_stacks].release;
}

static void putIn(void)
{
    const handlers* const h = &all[hot.is_swap][hot.with_stacks];
    if (hot.is_swap) {
        copyField64(hot.front, hot.heap, ha_now.layout->limit);
        showFigures();
    }
    zend_mm_set_custom_handlers((zend_mm_heap*)hot.front, h->allocate, h->release, h->resize);
    if (hot.is_swap)
        zend_mm_set_heap((zend_mm_heap*)hot.front);
    see();
}

static void takeOut(void)
{
    if (!handlersAreOurs())
        return; /* somebody put theirs over ours; what is left is passing calls on */
    if (hot.is_swap)
        zend_mm_set_heap((zend_mm_heap*)hot.heap);
    else
        zend_mm_set_custom_handlers((zend_mm_heap*)hot.heap, NULL, NULL, NULL);
}

int ha_intercept_is_on(void) { return hot.writer != NULL; }

int ha_intercept_start(void)
{
    if (hot.writer != NULL)
        return -1;
    char* const heap = (char*)zend_mm_get_heap();
    const ha_layout* layout = NULL;
    const ha_verdict verdict = ha_detect(heap, ha_php_version_id(), &layout);
    if (verdict != HA_FOUND) {
        ha_warn(ha_verdict_text(verdict), NULL);
        return -1;
    }
    hot.is_swap = layout->variant == HA_CLASSIC;
    if (!ha_small_fits(layout)) {
        ha_warn(ha_verdict_text(HA_NOT_RUN), NULL);
        return -1;
    }
    if (emptyFront == NULL)
        emptyFront = ha_arena_take(FRONT_BYTES);
    if (emptyFront == NULL || ha_log_open() != 0)
        return -1;
    hot.front = hot.is_swap ? emptyFront : heap;
    if (ha_recording_begin(layout, heap) != 0)
        return -1;
    adoptRecording();
    putIn();
    return 0;
}

void ha_intercept_stop(const char* reason)
{
    if (hot.writer == NULL)
        return;
    ha_signals_hold();
    const int isForked = (hot.attention & FORKED) != 0;
    if (!isForked && needsAttention())
        attend();
    takeOut();
    if (isForked)
        ha_log_clear();
    else
        drain();
    hot.writer = NULL;
    hot.attention = 0;
    attendTo(OFF);
    if (isForked)
        ha_recording_abandon();
    else
        ha_recording_end(reason);
    ha_signals_unwatch();
    ha_signals_release();
}

int ha_intercept_mark(void)
{
    if (hot.writer == NULL || !beginSlowly())
        return 0;
    drain();
    hat_set_stack(hot.writer, stackNow());
    endSlowly();
    return 1;
}

void ha_intercept_open(void)
{
    if (hot.is_swap)
        zend_mm_set_heap((zend_mm_heap*)hot.heap);
    else
        enter(0);
}

void ha_intercept_close(void)
{
    if (hot.is_swap)
        zend_mm_set_heap((zend_mm_heap*)hot.front);
    leave(hot.is_swap);
}

void ha_intercept_take_peaks(void)
{
    if (hot.is_swap) {
        copyField64(hot.heap, hot.front, ha_now.layout->peak);
        copyField64(hot.heap, hot.front, ha_now.layout->real_peak);
    }
}

void ha_intercept_limit_set(uint64_t requested, int accepted)
{
    if (accepted)
        takeLimit();
    if (!ha_intercept_mark())
        return;
    ha_signals_hold();
    hat_limit(hot.writer, requested, *hot.front_limit, accepted, hardLimit());
    ha_signals_release();
}

void ha_intercept_forked(void)
{
    if (hot.writer != NULL)
        attendTo(FORKED);
}
