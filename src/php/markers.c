/* SPDX-License-Identifier: MIT */
#include "php/markers.h"

#include "php/intercept.h"
#include "php/recording.h"
#include "php/settings.h"
#include "php/signals.h"

#include "php.h"
#include "zend_gc.h"
#include "zend_ini.h"

typedef struct wrapped_function
{
    const char* name;
    zif_handler ours;
    zif_handler original;
} wrapped_function;

static ZEND_NAMED_FUNCTION(onUsage);
static ZEND_NAMED_FUNCTION(onPeak);
static ZEND_NAMED_FUNCTION(onResetPeak);
static ZEND_NAMED_FUNCTION(onMemCaches);

enum
{
    USAGE,
    PEAK,
    RESET_PEAK,
    MEM_CACHES,
    FUNCTIONS
};
static wrapped_function wrapped[FUNCTIONS] = {
    [USAGE] = { "memory_get_usage", onUsage, NULL },
    [PEAK] = { "memory_get_peak_usage", onPeak, NULL },
    [RESET_PEAK] = { "memory_reset_peak_usage", onResetPeak, NULL },
    [MEM_CACHES] = { "gc_mem_caches", onMemCaches, NULL },
};

typedef struct wrapped_entry
{
    const char* name;
    ZEND_INI_MH((*ours));
    ZEND_INI_MH((*original));
} wrapped_entry;

static ZEND_INI_MH(onMemoryLimit);
static ZEND_INI_MH(onHardLimit);
enum
{
    MEMORY_LIMIT,
    HARD_LIMIT,
    ENTRIES
};
static wrapped_entry entries[ENTRIES] = {
    [MEMORY_LIMIT] = { "memory_limit", onMemoryLimit, NULL },
    [HARD_LIMIT] = { "memory_hard_limit_percent", onHardLimit, NULL },
};

static int (*originalCollect)(void);

static void tellUsage(int live, int real, zend_execute_data* execute_data, const zval* return_value)
{
    if (!ha_intercept_is_on() || Z_TYPE_P(return_value) != IS_LONG)
        return;
    const int wantsReal = ZEND_NUM_ARGS() > 0 && zend_is_true(ZEND_CALL_ARG(execute_data, 1));
    if (!ha_intercept_mark())
        return;
    ha_signals_hold();
    hat_usage(ha_now.writer, wantsReal ? real : live, (uint64_t)Z_LVAL_P(return_value));
    ha_signals_release();
}

static ZEND_NAMED_FUNCTION(onUsage)
{
    wrapped[USAGE].original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    tellUsage(HAT_USAGE_LIVE, HAT_USAGE_REAL, execute_data, return_value);
}

static ZEND_NAMED_FUNCTION(onPeak)
{
    wrapped[PEAK].original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    tellUsage(HAT_USAGE_PEAK, HAT_USAGE_REAL_PEAK, execute_data, return_value);
}

static ZEND_NAMED_FUNCTION(onResetPeak)
{
    const int recording = ha_intercept_mark();
    wrapped[RESET_PEAK].original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    if (!recording || EG(exception) != NULL)
        return;
    ha_intercept_take_peaks();
    ha_signals_hold();
    hat_usage(ha_now.writer, HAT_USAGE_RESET_PEAK, ha_u64(ha_now.heap, ha_now.layout->peak));
    ha_signals_release();
}

static ZEND_NAMED_FUNCTION(onMemCaches)
{
    if (!ha_intercept_mark() || ZEND_NUM_ARGS() != 0) {
        wrapped[MEM_CACHES].original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
        return;
    }
    /* Without arguments it allocates nothing. */
    ha_intercept_open();
    wrapped[MEM_CACHES].original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    ha_intercept_close();
    ha_signals_hold();
    hat_trim(ha_now.writer, Z_TYPE_P(return_value) == IS_LONG ? (uint64_t)Z_LVAL_P(return_value) : 0);
    ha_signals_release();
}

static ZEND_INI_MH(onMemoryLimit)
{
    const int recording = ha_intercept_mark();
    const int result = entries[MEMORY_LIMIT].original(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage);
    if (recording && ha_intercept_is_on())
        ha_intercept_limit_set(result == SUCCESS ? (uint64_t)PG(memory_limit)
                : new_value != NULL              ? ha_quantity(ZSTR_VAL(new_value))
                                                 : 0,
            result == SUCCESS);
    return result;
}

static ZEND_INI_MH(onHardLimit)
{
    const int recording = ha_intercept_mark();
    const int result = entries[HARD_LIMIT].original(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage);
    if (recording && ha_intercept_is_on())
        ha_intercept_limit_set(ha_u64(ha_now.heap, ha_now.layout->limit), result == SUCCESS);
    return result;
}

static hat_gc_status collectorStatus(void)
{
    /* Later versions have a longer struct; these four stand first in 8.2's. */
    union
    {
        zend_gc_status status;
        char room[256];
    } s;
    memset(&s, 0, sizeof s);
    zend_gc_get_status(&s.status);
    return (hat_gc_status) { s.status.runs, s.status.collected, s.status.threshold, s.status.num_roots };
}

static int collect(void)
{
    if (!ha_intercept_mark())
        return originalCollect();
    const hat_writer* const writer = ha_now.writer;
    const hat_gc_status before = collectorStatus();
    const uint64_t firstEvent = hat_event_index(ha_now.writer);
    ha_signals_hold();
    ha_recording_sample();
    ha_signals_release();
    const int collected = originalCollect();
    const hat_gc_status after = collectorStatus();
    /* A call while one is running, or with nothing to look at, is no run. A pause may have ended the trace meanwhile. */
    if (after.runs != before.runs && ha_intercept_mark() && ha_now.writer == writer) {
        ha_signals_hold();
        hat_gc(ha_now.writer, firstEvent, &before, &after);
        ha_recording_sample();
        ha_signals_release();
    }
    return collected;
}

void ha_markers_wrap(void)
{
    for (int i = 0; i < FUNCTIONS; ++i) {
        zend_function* const f =
            zend_hash_str_find_ptr(CG(function_table), wrapped[i].name, strlen(wrapped[i].name));
        if (f == NULL || f->type != ZEND_INTERNAL_FUNCTION)
            continue;
        wrapped[i].original = f->internal_function.handler;
        f->internal_function.handler = wrapped[i].ours;
    }
    for (int i = 0; i < ENTRIES; ++i) {
        zend_ini_entry* const entry =
            zend_hash_str_find_ptr(EG(ini_directives), entries[i].name, strlen(entries[i].name));
        if (entry == NULL || entry->on_modify == NULL)
            continue;
        entries[i].original = entry->on_modify;
        entry->on_modify = entries[i].ours;
    }
    originalCollect = gc_collect_cycles;
    gc_collect_cycles = collect;
}

void ha_markers_unwrap(void)
{
    /* Functions and INI entries go with their tables; only what outlives this module must not point into it. */
    for (int i = 0; i < FUNCTIONS; ++i) {
        zend_function* const f = wrapped[i].original == NULL
            ? NULL
            : zend_hash_str_find_ptr(CG(function_table), wrapped[i].name, strlen(wrapped[i].name));
        if (f != NULL && f->internal_function.handler == wrapped[i].ours)
            f->internal_function.handler = wrapped[i].original;
    }
    for (int i = 0; i < ENTRIES; ++i) {
        zend_ini_entry* const entry = entries[i].original == NULL
            ? NULL
            : zend_hash_str_find_ptr(EG(ini_directives), entries[i].name, strlen(entries[i].name));
        if (entry != NULL && entry->on_modify == entries[i].ours)
            entry->on_modify = entries[i].original;
    }
    if (gc_collect_cycles == collect)
        gc_collect_cycles = originalCollect;
}
