/* SPDX-License-Identifier: MIT */
#include "php/settings.h"

#include "php/recording.h"

#include "php.h"
#include "php_ini.h"

#include <stdio.h>
#include <unistd.h>

ha_settings ha_config;

/* INI files turn the word none into an empty string. */
static ha_stack_mode stackMode(const char* name)
{
    if (*name == '\0' || strcmp(name, "none") == 0)
        return HA_STACKS_NONE;
    if (strcmp(name, "top") == 0)
        return HA_STACKS_TOP;
    if (strcmp(name, "full") != 0)
        ha_warn("heapatlas.stacks is not one of full, top, none; full is taken", name);
    return HA_STACKS_FULL;
}

static const char* setting(const char* name, const char* otherwise)
{
    char* value = NULL;
    return cfg_get_string(name, &value) == SUCCESS && value != NULL ? value : otherwise;
}

/* INI files turn the words on, yes, true into 1 and off, no, false into an empty string; -d does too. */
static int isOn(const char* value) { return *value != '\0' && strcmp(value, "0") != 0; }

void ha_settings_read(void)
{
    const char* const output = setting("heapatlas.output", "");
    if (*output == '\0')
        return;
    char folder[2048] = "";
    if (*output != '/') {
        if (getcwd(folder, sizeof folder - 1) == NULL)
            folder[0] = '\0';
        strcat(folder, "/");
    }
    const int length = snprintf(ha_config.output, sizeof ha_config.output, "%s%s", folder, output);
    if (length < 0 || (size_t)length >= sizeof ha_config.output) {
        ha_config.output[0] = '\0';
        ha_warn("not recording: heapatlas.output is too long", NULL);
        return;
    }
    snprintf(ha_config.trigger, sizeof ha_config.trigger, "%s", setting("heapatlas.trigger", "always"));
    ha_config.stacks = stackMode(setting("heapatlas.stacks", "full"));
    ha_config.contents = isOn(setting("heapatlas.contents", "0"));
    ha_config.byte_limit = ha_quantity(setting("heapatlas.limit", "0"));
}

uint64_t ha_quantity(const char* text)
{
    char* end = NULL;
    const zend_long number = ZEND_STRTOL(text, &end, 0);
    const size_t length = strlen(text);
    switch (length != 0 ? text[length - 1] : '\0') {
    case 'g':
    case 'G':
        return (uint64_t)number << 30;
    case 'm':
    case 'M':
        return (uint64_t)number << 20;
    case 'k':
    case 'K':
        return (uint64_t)number << 10;
    default:
        return (uint64_t)number;
    }
}
