/* SPDX-License-Identifier: MIT */
#ifndef HEAPATLAS_TRIGGER_H
#define HEAPATLAS_TRIGGER_H

/* Whether this request is to be recorded, by heapatlas.trigger: "always", "env", "header:NAME". Leaves PHP's heap as it
 * was. */
int ha_trigger_wants_request(const char* trigger);

#endif
