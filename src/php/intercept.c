/* SPDX-License-Identifier: MIT */
#define HAT_WITH_INLINE_EVENTS
#include "php/intercept.h"

#include "php/arena.h"
#include "php/recording.h"
#include "php/signals.h"
#include "php/smallblocks.h"
#include "php/tracemeta.h"

#include "php.h"

#define LIKELY(x) (int)__builtin_expect(!!(x), 1)
#define UNLIKELY_(x) (int)__builtin_expect(!!(x), 0)

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
    unsigned attention;
    unsigned countdown; /* events to the next sample */
    int with_stacks;
    int is_swap;

    call_kind call; /* while IN_CALL */
    uint64_t call_size;
    uint32_t call_slot;
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

/* What the engine and others read of their heap. Offsets of the classic row are constants here: this follows every
 * event in the swap pattern. */
static inline void showFigures(void)
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

static inline void enter(int is_swap)
{
    if (!is_swap)
        ha_set_u32(hot.heap, 0, 0);
}

static inline void leave(int is_swap)
{
    if (is_swap)
        showFigures();
    else {
        ha_set_u32(hot.heap, 0, ZEND_MM_CUSTOM_HEAP_STD);
        see();
    }
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
    hot.countdown = SAMPLE_EVERY;
    hot.with_stacks = ha_config.stacks != HA_STACKS_NONE;
    hot.attention = 0;
    ha_signals_watch();
}

static void logFailedCall(void)
{
    hot.attention &= ~(unsigned)IN_CALL;
    /* The limit the engine reads is the front's own; the rest moved on behind it. */
    showFigures();
    if (hot.call == CALL_ALLOC)
        hat_alloc_failed(hot.writer, hot.call_size);
    else
        hat_realloc_failed(hot.writer, hot.call_slot, hot.call_size);
}

static void takeOut(void);

/* Called when needsAttention(). */
static ZEND_COLD zend_never_inline void attend(void)
{
    if ((hot.attention & OFF) != 0)
        return;
    if ((hot.attention & FORKED) != 0) {
        /* Whatever changed, the child's trace begins with the heap as it is now. */
        const unsigned inCall = hot.attention & IN_CALL;
        if (inCall == 0 && *hot.front_limit != hot.seen_limit)
            takeLimit();
        if (ha_recording_begin_in_child() != 0) {
            hot.writer = NULL;
            hot.attention = OFF;
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
        logFailedCall();
        return;
    }
    if (*hot.front_limit != hot.seen_limit || *hot.front_real_size != hot.seen_real_size) {
        /* php_error_cb() sets memory_limit anew at a fatal error, past the INI entry; that may free cached chunks. */
        takeLimit();
        hat_limit(hot.writer, hot.is_swap ? *hot.front_limit : (uint64_t)PG(memory_limit), *hot.front_limit,
            1, hardLimit());
    }
}

/* Whether the heap or the limit changed past the handlers. What the fast paths do does not depend on it, so it is
 * noticed by the first event that goes the slow way, and before a figure is told. */
static inline int figuresChanged(void)
{
    return UNLIKELY_(
        ((*hot.front_real_size ^ hot.seen_real_size) | (*hot.front_limit ^ hot.seen_limit)) != 0);
}

static inline int needsAttention(void) { return UNLIKELY_(hot.attention != 0) || figuresChanged(); }

static ZEND_COLD zend_never_inline void sample(void)
{
    hot.countdown = SAMPLE_EVERY;
    if (needsAttention())
        attend();
    if (hot.writer == NULL)
        return;
    const int error = hat_error(hot.writer);
    if (error == 0) {
        ha_recording_sample();
        return;
    }
    ha_intercept_stop(error == HAT_ELIMIT ? "heapatlas.limit was reached" : strerror(error));
}

static inline void endEvent(void)
{
    if (UNLIKELY_(--hot.countdown == 0))
        sample();
    ha_signals_release();
}

/* PHP ends at once, without any shutdown, in a call that passes the hard limit: write out what there is. */
static inline void beforeHardLimit(uint64_t size, int may_use_free_slot)
{
    if (hot.hard_limit == NULL)
        return;
    const uint64_t real = *hot.front_real_size;
    const uint64_t room = *hot.hard_limit > real ? *hot.hard_limit - real : 0;
    if (LIKELY(size < room && room - size >= 2 * HA_CHUNK_BYTES))
        return;
    if (may_use_free_slot && size <= HA_MAX_SMALL
        && ha_u64(hot.heap, ha_now.layout->free_slot + 8 * ha_bin_of(size)) != 0)
        return;
    hat_flush(hot.writer);
}

/* --- the handlers, once for each pattern ----------------------------------------------------------------------- */

static zend_always_inline void beginCall(int is_swap, call_kind kind, uint64_t size, uint32_t slot)
{
    if (is_swap) {
        hot.call = kind;
        hot.call_size = size;
        hot.call_slot = slot;
        hot.attention |= IN_CALL;
    }
    enter(is_swap);
}

static zend_always_inline void endCall(int is_swap)
{
    leave(is_swap);
    if (is_swap)
        hot.attention &= ~(unsigned)IN_CALL;
}

static ZEND_COLD zend_never_inline uint32_t codeFreed(uint32_t word)
{
    ha_callstack_code_freed();
    return word & HA_SLOT_NUMBER_MASK;
}

/* After a fast path: all other figures are as they were. */
static zend_always_inline void showSize(int is_swap)
{
    if (is_swap) {
        copyField64(hot.front, hot.heap, HA_FAST_SIZE);
        copyField64(hot.front, hot.heap, HA_FAST_PEAK);
    }
}

static zend_always_inline void* allocateSlowly(size_t size, int is_swap)
{
    if (figuresChanged())
        attend();
    if (!is_swap)
        beforeHardLimit(size, 1);
    beginCall(is_swap, CALL_ALLOC, size, 0);
    void* const p = _zend_mm_alloc((zend_mm_heap*)hot.heap, size);
    endCall(is_swap);
    if (LIKELY(p != NULL)) {
        const uint32_t slot = hat_alloc(hot.writer, size, (uintptr_t)p);
        uint32_t* const word = ha_slot_word((uintptr_t)p, 1);
        if (LIKELY(word != NULL))
            *word = slot + 1;
    } else
        hat_alloc_failed(hot.writer, size);
    endEvent();
    return p;
}

static zend_never_inline void* toggleAllocateSlowly(size_t size) { return allocateSlowly(size, 0); }
static zend_never_inline void* swapAllocateSlowly(size_t size) { return allocateSlowly(size, 1); }

/* 0: not recording. */
static zend_always_inline int beginEvent(void)
{
    ha_signals_hold();
    if (UNLIKELY_(hot.attention != 0)) {
        attend();
        if (hot.writer == NULL) {
            ha_signals_release();
            return 0;
        }
    }
    if (hot.with_stacks)
        ha_callstack_update();
    return 1;
}

static zend_always_inline void* allocate(size_t size, int is_swap)
{
    if (UNLIKELY_(!beginEvent()))
        return _zend_mm_alloc((zend_mm_heap*)hot.heap, size);
    if (LIKELY(size <= HA_MAX_SMALL)) {
        const unsigned bin = ha_bin_of(size);
        void* const p = ha_small_pop(hot.heap, bin);
        if (LIKELY(p != NULL)) {
            showSize(is_swap);
            const uint32_t slot = hat_alloc_in_class(hot.writer, size, (uintptr_t)p, bin);
            uint32_t* const word = ha_slot_word_small((uintptr_t)p, bin);
            if (LIKELY(word != NULL))
                *word = slot + 1;
            endEvent();
            return p;
        }
    }
    return is_swap ? swapAllocateSlowly(size) : toggleAllocateSlowly(size);
}

static zend_always_inline void releaseSlowly(void* p, int is_swap)
{
    if (figuresChanged())
        attend();
    uint32_t* const word = ha_slot_word((uintptr_t)p, 0);
    uint32_t number = 0;
    if (LIKELY(word != NULL)) {
        number = *word;
        *word = 0;
        if (UNLIKELY_((number & HA_SLOT_HOLDS_CODE) != 0))
            number = codeFreed(number);
    }
    enter(is_swap);
    _zend_mm_free((zend_mm_heap*)hot.heap, p);
    leave(is_swap);
    if (LIKELY(number != 0))
        hat_free(hot.writer, number - 1);
    else
        hat_free_unknown(hot.writer, (uintptr_t)p);
    endEvent();
}

static zend_never_inline void toggleReleaseSlowly(void* p) { releaseSlowly(p, 0); }
static zend_never_inline void swapReleaseSlowly(void* p) { releaseSlowly(p, 1); }

static zend_always_inline void release(void* p, int is_swap)
{
    if (UNLIKELY_(p == NULL))
        return;
    if (UNLIKELY_(!beginEvent())) {
        _zend_mm_free((zend_mm_heap*)hot.heap, p);
        return;
    }
    const uint32_t info = ha_small_info(hot.heap, p);
    if (LIKELY(info != 0)) {
        const unsigned bin = info & HA_RUN_BIN_MASK;
        uint32_t* const word = ha_slot_word_known((uintptr_t)p, bin, info);
        const uint32_t number = LIKELY(word != NULL) ? *word : 0;
        if (LIKELY((int32_t)number > 0)) { /* known, and HA_SLOT_HOLDS_CODE is not set */
            *word = 0;
            ha_small_push(hot.heap, p, bin);
            showSize(is_swap);
            hat_free_in_class(hot.writer, number - 1, (uintptr_t)p, bin);
            endEvent();
            return;
        }
    }
    if (is_swap)
        swapReleaseSlowly(p);
    else
        toggleReleaseSlowly(p);
}

static zend_always_inline void* resize(void* old, size_t size, int is_swap)
{
    if (old == NULL)
        return allocate(size, is_swap);
    if (UNLIKELY_(!beginEvent()))
        return _zend_mm_realloc((zend_mm_heap*)hot.heap, old, size);
    uint32_t* const oldWord = ha_slot_word((uintptr_t)old, 0);
    uint32_t number = oldWord != NULL ? *oldWord : 0;
    if (UNLIKELY_((number & HA_SLOT_HOLDS_CODE) != 0))
        *oldWord = number = codeFreed(number);
    void* p = LIKELY(number != 0) ? ha_small_resize(hot.heap, old, size) : NULL;
    if (LIKELY(p != NULL)) {
        showSize(is_swap);
    } else {
        if (figuresChanged())
            attend();
        if (!is_swap)
            beforeHardLimit(size, 0);
        beginCall(is_swap, number != 0 ? CALL_REALLOC : CALL_ALLOC, size, number - 1);
        p = _zend_mm_realloc((zend_mm_heap*)hot.heap, old, size);
        endCall(is_swap);
    }
    if (UNLIKELY_(number == 0)) {
        /* Placed by code that calls the allocator past the handlers. */
        if (p != NULL) {
            hat_free_unknown(hot.writer, (uintptr_t)old);
            uint32_t* const word = ha_slot_word((uintptr_t)p, 1);
            const uint32_t slot = hat_alloc(hot.writer, size, (uintptr_t)p);
            if (word != NULL)
                *word = slot + 1;
        }
    } else if (UNLIKELY_(p == NULL)) {
        hat_realloc_failed(hot.writer, number - 1, size);
    } else {
        if (p != old) {
            *oldWord = 0;
            uint32_t* const word = ha_slot_word((uintptr_t)p, 1);
            if (LIKELY(word != NULL))
                *word = number;
        }
        hat_realloc(hot.writer, number - 1, size, (uintptr_t)p);
    }
    endEvent();
    return p;
}

static void* toggleMalloc(size_t size) { return allocate(size, 0); }
static void toggleFree(void* p) { release(p, 0); }
static void* toggleRealloc(void* p, size_t size) { return resize(p, size, 0); }
static void* swapMalloc(size_t size) { return allocate(size, 1); }
static void swapFree(void* p) { release(p, 1); }
static void* swapRealloc(void* p, size_t size) { return resize(p, size, 1); }

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
    return f == toggleFree || f == swapFree;
}

static void putIn(void)
{
    if (!hot.is_swap) {
        zend_mm_set_custom_handlers((zend_mm_heap*)hot.heap, toggleMalloc, toggleFree, toggleRealloc);
        see();
        return;
    }
    copyField64(hot.front, hot.heap, ha_now.layout->limit);
    showFigures();
    zend_mm_set_custom_handlers((zend_mm_heap*)hot.front, swapMalloc, swapFree, swapRealloc);
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
    if (emptyFront == NULL)
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
    hot.writer = NULL;
    hot.attention = OFF;
    if (isForked)
        ha_recording_abandon();
    else
        ha_recording_end(reason);
    ha_signals_unwatch();
    ha_signals_release();
}

int ha_intercept_mark(void)
{
    if (hot.writer == NULL)
        return 0;
    if (!beginEvent())
        return 0;
    if (figuresChanged())
        attend();
    ha_signals_release();
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
        hot.attention |= FORKED;
}
