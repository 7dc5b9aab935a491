/* SPDX-License-Identifier: MIT */
#include "php/trigger.h"

#include "php/recording.h"

#include "php.h"

/* Asks getallheaders(), which servers' SAPIs have. What it allocates comes from a heap of its own that is dropped
 * afterwards, so that the request's heap is not touched. */
static int hasHeader(const char* name)
{
    zend_function* const headers = zend_hash_str_find_ptr(CG(function_table), "getallheaders", 13);
    zend_mm_heap* const own = headers != NULL ? zend_mm_startup() : NULL;
    if (own == NULL)
        return 0;
    zend_mm_heap* const heap = zend_mm_set_heap(own);
    int found = 0;
    zval result;
    ZVAL_UNDEF(&result);
    zend_call_known_function(headers, NULL, NULL, &result, 0, NULL, NULL);
    if (Z_TYPE(result) == IS_ARRAY) {
        zend_string* key = NULL;
        ZEND_HASH_FOREACH_STR_KEY(Z_ARRVAL(result), key)
        {
            if (key != NULL && strcasecmp(ZSTR_VAL(key), name) == 0)
                found = 1;
        }
        ZEND_HASH_FOREACH_END();
    }
    zval_ptr_dtor(&result);
    zend_mm_set_heap(heap);
    zend_mm_shutdown(own, 1, 1);
    return found;
}

int ha_trigger_wants_request(const char* trigger)
{
    if (strcmp(trigger, "always") == 0)
        return 1;
    if (strcmp(trigger, "env") == 0) {
        const char* const value = getenv("HEAPATLAS_TRIGGER");
        return value != NULL && *value != '\0' && strcmp(value, "0") != 0;
    }
    if (strncmp(trigger, "header:", 7) == 0)
        return hasHeader(trigger + 7);
    ha_warn("not recording: heapatlas.trigger is not one of always, env, header:NAME", trigger);
    return 0;
}
