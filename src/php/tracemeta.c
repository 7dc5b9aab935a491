/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "php/tracemeta.h"

#include "SAPI.h"
#include "php.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static const char* phpVersion(void)
{
    /* The module entry of "standard" stands in the running binary. */
    const zend_module_entry* const standard = zend_hash_str_find_ptr(&module_registry, "standard", 8);
    return standard != NULL && standard->version != NULL ? standard->version : "";
}

uint32_t ha_php_version_id(void)
{
    char* end = NULL;
    const unsigned long major = strtoul(phpVersion(), &end, 10);
    const unsigned long minor = *end == '.' ? strtoul(end + 1, &end, 10) : 0;
    const unsigned long release = *end == '.' ? strtoul(end + 1, &end, 10) : 0;
    return (uint32_t)(major * 10000 + minor * 100 + release);
}

static int isOurs(const char* setting)
{
    const char* const name = strrchr(setting, '/');
    return strncmp(setting, "heapatlas.", 10) == 0
        || (strncmp(setting, "extension=", 10) == 0
            && strncmp(name != NULL ? name + 1 : setting + 10, "heapatlas", 9) == 0);
}

/* The command as typed, without the options that loaded us: words of /proc/self/cmdline joined by spaces. */
static void commandLine(char* out, size_t size)
{
    static char raw[16384]; /* static: a fiber's stack is small */
    out[0] = '\0';
    const int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    const ssize_t length = read(fd, raw, sizeof raw - 1);
    close(fd);
    if (length <= 0)
        return;
    raw[length] = '\0';
    size_t at = 0;
    for (const char* word = raw; word < raw + length; word += strlen(word) + 1) {
        const char* const next = word + strlen(word) + 1;
        if (strcmp(word, "-d") == 0 && next < raw + length && isOurs(next)) {
            word = next;
            continue;
        }
        if (strncmp(word, "-d", 2) == 0 && isOurs(word + 2))
            continue;
        const size_t wordLength = strlen(word);
        if (at + wordLength + 2 > size)
            break;
        if (at != 0)
            out[at++] = ' ';
        memcpy(out + at, word, wordLength);
        at += wordLength;
    }
    out[at] = '\0';
}

/* gmtime() may read the time zone's file through malloc. Source: H. Hinnant, "chrono-compatible low-level date
 * algorithms", civil_from_days. */
static void isoTime(char* out, size_t size)
{
    const time_t now = time(NULL);
    const long days = (long)(now / 86400) + 719468;
    const long seconds = (long)(now % 86400);
    const long era = days / 146097;
    const long dayOfEra = days - era * 146097;
    const long yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
    const long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const long monthFromMarch = (5 * dayOfYear + 2) / 153;
    const long day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
    const long month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
    const long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
    snprintf(out, size, "%04ld-%02ld-%02ldT%02ld:%02ld:%02ldZ", year, month, day, seconds / 3600,
        seconds / 60 % 60, seconds % 60);
}

void ha_trace_meta(hat_writer* writer, const ha_layout* layout, ha_stack_mode stacks, unsigned request)
{
    static char text[8192];
    commandLine(text, sizeof text);
    hat_meta(writer, "program", text);
    const char* script = SG(request_info).path_translated;
    if (script == NULL && SG(request_info).argc > 0)
        script = SG(request_info).argv[0];
    hat_meta(writer, "script", script != NULL ? script : "");
    hat_meta(writer, "phpVersion", phpVersion());
    hat_meta(writer, "sapi", sapi_module.name);
    hat_meta(writer, "allocator", "zendmm");
    hat_meta(writer, "variant", layout->name);
    snprintf(text, sizeof text, "%ld", (long)getpid());
    hat_meta(writer, "pid", text);
    snprintf(text, sizeof text, "%u", request);
    hat_meta(writer, "request", text);
    if (SG(request_info).request_method != NULL && SG(request_info).request_uri != NULL) {
        snprintf(text, sizeof text, "%s %s", SG(request_info).request_method, SG(request_info).request_uri);
        hat_meta(writer, "url", text);
    }
    static const char* const modes[] = { "none", "top", "full" };
    hat_meta(writer, "stacks", modes[stacks]);
    isoTime(text, sizeof text);
    hat_meta(writer, "recorded", text);
    struct utsname system;
    if (uname(&system) == 0) {
        snprintf(text, sizeof text, "%s %s %s", system.sysname, system.release, system.machine);
        hat_meta(writer, "os", text);
    }
}
