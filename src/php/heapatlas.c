/* SPDX-License-Identifier: MIT
 *
 * The extension: settings, functions, and when a recording begins and ends. README.md is its manual.
 */
#define _GNU_SOURCE
#include "php/intercept.h"
#include "php/markers.h"
#include "php/recording.h"
#include "php/settings.h"
#include "php/signals.h"
#include "php/trigger.h"

#include "php.h"

#include "ext/standard/info.h" /* needs php.h before it */

#include <pthread.h>

#define HEAPATLAS_VERSION "0.1.0"

static int isReady; /* settings are good and memory is reserved */
static int isPaused;

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_heapatlas_checkpoint, 0, 1, _IS_BOOL, 0)
ZEND_ARG_TYPE_INFO(0, name, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_heapatlas_nothing, 0, 0, _IS_BOOL, 0)
ZEND_END_ARG_INFO()

static PHP_FUNCTION(heapatlas_checkpoint)
{
    zend_string* name = NULL;
    ZEND_PARSE_PARAMETERS_START(1, 1)
    Z_PARAM_STR(name)
    ZEND_PARSE_PARAMETERS_END();
    if (!ha_intercept_mark())
        RETURN_FALSE;
    ha_signals_hold();
    hat_checkpoint(ha_now.writer, ha_callstack_string(ZSTR_VAL(name), ZSTR_LEN(name)));
    ha_recording_sample();
    ha_recording_keep_contents(HAT_CONTENTS_CHECKPOINT, ZSTR_VAL(name), ZSTR_LEN(name));
    ha_signals_release();
    RETURN_TRUE;
}

static PHP_FUNCTION(heapatlas_pause)
{
    ZEND_PARSE_PARAMETERS_NONE();
    if (!ha_intercept_is_on())
        RETURN_FALSE;
    ha_intercept_stop(NULL);
    isPaused = 1;
    RETURN_TRUE;
}

static PHP_FUNCTION(heapatlas_resume)
{
    ZEND_PARSE_PARAMETERS_NONE();
    if (!isPaused)
        RETURN_FALSE;
    isPaused = 0;
    RETURN_BOOL(ha_intercept_start() == 0);
}

static PHP_FUNCTION(heapatlas_recording)
{
    ZEND_PARSE_PARAMETERS_NONE();
    RETURN_BOOL(ha_intercept_is_on());
}

/* clang-format off */
static const zend_function_entry functions[] = {
    PHP_FE(heapatlas_checkpoint, arginfo_heapatlas_checkpoint)
    PHP_FE(heapatlas_pause, arginfo_heapatlas_nothing)
    PHP_FE(heapatlas_resume, arginfo_heapatlas_nothing)
    PHP_FE(heapatlas_recording, arginfo_heapatlas_nothing)
    PHP_FE_END
};
/* clang-format on */

static PHP_MINIT_FUNCTION(heapatlas)
{
    ha_settings_read();
    if (ha_config.output[0] == '\0')
        return SUCCESS;
    const int error = ha_recording_setup();
    if (error != 0) {
        ha_warn("not recording: no address space for the recorder's tables", strerror(error));
        return SUCCESS;
    }
    ha_markers_wrap();
    ha_callstack_wrap();
    pthread_atfork(NULL, NULL, ha_intercept_forked);
    isReady = 1;
    return SUCCESS;
}

static PHP_MSHUTDOWN_FUNCTION(heapatlas)
{
    if (isReady) {
        ha_callstack_unwrap();
        ha_markers_unwrap();
    }
    return SUCCESS;
}

static PHP_RINIT_FUNCTION(heapatlas)
{
    isPaused = 0;
    if (!isReady)
        return SUCCESS;
    ha_recording_count_request();
    if (ha_trigger_wants_request(ha_config.trigger))
        ha_intercept_start();
    return SUCCESS;
}

/* Runs before the RSHUTDOWN of all other extensions, after destructors and shutdown functions. */
static PHP_RSHUTDOWN_FUNCTION(heapatlas)
{
    ha_intercept_stop(NULL);
    return SUCCESS;
}

static PHP_MINFO_FUNCTION(heapatlas)
{
    php_info_print_table_start();
    php_info_print_table_row(2, "Heap Atlas recorder", HEAPATLAS_VERSION);
    php_info_print_table_row(2, "Recording", ha_intercept_is_on() ? "yes" : "no");
    php_info_print_table_row(2, "heapatlas.output", ha_config.output);
    php_info_print_table_row(2, "heapatlas.trigger", ha_config.trigger);
    php_info_print_table_end();
}

static zend_module_entry heapatlas_module_entry = {
    STANDARD_MODULE_HEADER,
    "heapatlas",
    functions,
    PHP_MINIT(heapatlas),
    PHP_MSHUTDOWN(heapatlas),
    PHP_RINIT(heapatlas),
    PHP_RSHUTDOWN(heapatlas),
    PHP_MINFO(heapatlas),
    HEAPATLAS_VERSION,
    STANDARD_MODULE_PROPERTIES,
};

ZEND_GET_MODULE(heapatlas)
