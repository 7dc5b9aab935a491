/* SPDX-License-Identifier: MIT */
#include "php/callstack.h"

#include "php/arena.h"
#include "php/internmap.h"

#include "php.h"

/* One link of the chain as it was at the event before. */
typedef struct frame
{
    const zend_execute_data* at;
    const zend_function* function;
    const zend_op* opline; /* NULL in a frame without lines */
    uint32_t node; /* of the tree, with everything below it */
} frame;

/* What a function pointer stood for when it was last looked up. Functions are freed and others put in their place
 * (eval, included files without opcache), so everything that makes up the definition is compared again. */
typedef struct known_function
{
    const void* key;
    const zend_string* name;
    const zend_string* file;
    const zend_class_entry* scope;
    zend_ulong name_hash, file_hash;
    uint32_t line;
    uint32_t id;
} known_function;

enum
{
    KNOWN_FUNCTIONS = 1 << 13,
    MAX_DEPTH = 1 << 20, /* deeper frames are left out */
    /* With these many innermost frames unchanged the ones below are taken to be unchanged too: else each event of a
     * recursion 20,000 deep would walk 20,000 frames. */
    COMPARED_DEPTH = 256
};

static hat_writer* writer;
static ha_stack_mode mode;
static frame* chain; /* outermost first */
static const zend_execute_data** walked; /* innermost first */
static uint32_t depth;
static uint32_t current; /* as told to the writer */
static known_function* known;
static ha_intern_map strings, functions, nodes;

int ha_callstack_open(void)
{
    chain = ha_arena_take(sizeof *chain * MAX_DEPTH);
    walked = ha_arena_take(sizeof *walked * MAX_DEPTH);
    known = ha_arena_take(sizeof *known * KNOWN_FUNCTIONS);
    return known != NULL && ha_intern_open(&strings, 24) == 0 && ha_intern_open(&functions, 24) == 0
            && ha_intern_open(&nodes, 26) == 0
        ? 0
        : -1;
}

void ha_callstack_begin(hat_writer* w, ha_stack_mode m)
{
    writer = w;
    mode = m;
    depth = 0;
    current = 0;
    ha_arena_clear(known, sizeof *known * KNOWN_FUNCTIONS);
    ha_intern_clear(&strings);
    ha_intern_clear(&functions);
    ha_intern_clear(&nodes);
}

uint32_t ha_callstack_string(const char* bytes, size_t size)
{
    uint64_t a;
    uint64_t b;
    ha_intern_digest(bytes, size, &a, &b);
    uint32_t* const id = ha_intern_find(&strings, a, b);
    if (id == NULL)
        return hat_string(writer, bytes, size);
    if (*id == 0)
        *id = hat_string(writer, bytes, size);
    return *id;
}

static uint32_t zendString(const zend_string* s)
{
    return s != NULL && ZSTR_LEN(s) != 0 ? ha_callstack_string(ZSTR_VAL(s), ZSTR_LEN(s)) : 0;
}

/* Code outside of functions has no name. */
static uint32_t nameOf(const zend_function* f, int is_outermost)
{
    if (f->common.function_name != NULL)
        return zendString(f->common.function_name);
    if (f->type == ZEND_EVAL_CODE)
        return ha_callstack_string("{eval}", 6);
    return is_outermost ? ha_callstack_string("{main}", 6) : ha_callstack_string("{include}", 9);
}

static uint32_t functionId(const zend_function* f, int is_outermost)
{
    const int is_user = ZEND_USER_CODE(f->type);
    const zend_string* const name = f->common.function_name;
    const zend_string* const file = is_user ? f->op_array.filename : NULL;
    const zend_class_entry* const scope = f->common.scope;
    const uint32_t line = is_user ? f->op_array.line_start : 0;
    /* Copies of a closure share their opcodes. */
    const void* const key = is_user ? (const void*)f->op_array.opcodes : (const void*)name;
    const zend_ulong nameHash = name != NULL ? ZSTR_H(name) : 0;
    const zend_ulong fileHash = file != NULL ? ZSTR_H(file) : 0;

    known_function* const k = &known[((uintptr_t)key >> 4 ^ (uintptr_t)key >> 17) % KNOWN_FUNCTIONS];
    if (k->key == key && k->name == name && k->file == file && k->scope == scope && k->line == line
        && k->name_hash == nameHash && k->file_hash == fileHash && k->id != 0)
        return k->id;

    const uint32_t nameId = nameOf(f, is_outermost);
    const uint32_t scopeId = scope != NULL ? zendString(scope->name) : 0;
    const uint32_t fileId = zendString(file);
    uint32_t* const id =
        ha_intern_find(&functions, (uint64_t)nameId << 32 | scopeId, (uint64_t)fileId << 32 | line);
    if (id == NULL)
        return 0;
    if (*id == 0)
        *id = hat_function(writer, nameId, scopeId, fileId, line);
    *k = (known_function) { key, name, file, scope, nameHash, fileHash, line, *id };
    return *id;
}

static uint32_t nodeOf(uint32_t caller, uint32_t function, uint32_t line)
{
    uint32_t* const id = ha_intern_find(&nodes, (uint64_t)caller << 32 | function, line);
    if (id == NULL)
        return caller;
    if (*id == 0)
        *id = hat_stack(writer, caller, function, line);
    return *id;
}

/* The line at which a user function's frame stands. The virtual machine stores the opline only where an operation may
 * throw, so it may be an earlier one of the same function; in half-built frames (JIT, generators) it is garbage. */
static uint32_t lineOf(const zend_execute_data* at, const zend_function* f)
{
    if ((f->common.fn_flags & ZEND_ACC_CALL_VIA_TRAMPOLINE) != 0)
        return 0;
    const zend_op* opline = at->opline;
    if (opline >= EG(exception_op) && opline < EG(exception_op) + 3)
        opline = EG(opline_before_exception);
    const uintptr_t offset = (uintptr_t)opline - (uintptr_t)f->op_array.opcodes;
    if ((uintptr_t)opline < (uintptr_t)f->op_array.opcodes || offset >= f->op_array.last * sizeof(zend_op)
        || offset % sizeof(zend_op) != 0)
        return f->op_array.line_start;
    return opline->lineno;
}

/* Fills a link of the chain; caller: node below it. */
static uint32_t enterFrame(frame* link, const zend_execute_data* at, uint32_t caller, int is_outermost)
{
    const zend_function* const f = at->func;
    link->at = at;
    link->function = f;
    link->opline = NULL;
    link->node = caller;
    if (f == NULL)
        return caller;
    if (ZEND_USER_CODE(f->type)) {
        link->opline = at->opline;
        link->node = nodeOf(caller, functionId(f, is_outermost), lineOf(at, f));
    } else if (f->common.function_name != NULL) {
        link->node = nodeOf(caller, functionId(f, is_outermost), 0);
    }
    return link->node;
}

static inline int isUnchanged(const frame* link, const zend_execute_data* at)
{
    return link->function == at->func && (link->opline == NULL || link->opline == at->opline);
}

static void tell(uint32_t node)
{
    if (node != current) {
        current = node;
        hat_set_stack(writer, node);
    }
}

/* The chain from link `from` on is `walked`, innermost first, whose last entry belongs at `from`. */
static void rebuild(uint32_t from, uint32_t count)
{
    uint32_t node = from != 0 ? chain[from - 1].node : 0;
    while (count != 0) {
        --count;
        node = enterFrame(&chain[from], walked[count], node, from == 0);
        ++from;
    }
    depth = from;
    tell(node);
}

/* Frames were entered or left since the event before. */
static void updateShape(const zend_execute_data* at)
{
    uint32_t count = 0;
    for (; at != NULL && count < MAX_DEPTH; at = at->prev_execute_data) {
        walked[count++] = at;
        if (count % COMPARED_DEPTH != 0)
            continue;
        /* A deep recursion that grew or shrank a little: is this frame known? */
        for (uint32_t i = depth; i > COMPARED_DEPTH && i + 2 * COMPARED_DEPTH > depth; --i) {
            if (chain[i - 1].at == at && isUnchanged(&chain[i - 1], at)) {
                rebuild(i, count - 1);
                return;
            }
        }
    }
    uint32_t same = 0;
    while (same < depth && same < count && chain[same].at == walked[count - 1 - same]
        && isUnchanged(&chain[same], chain[same].at))
        ++same;
    rebuild(same, count - same);
}

static void updateFull(void)
{
    const zend_execute_data* const innermost = EG(current_execute_data);
    const zend_execute_data* at = innermost;
    uint32_t i = depth;
    uint32_t changed = depth; /* outermost link that differs */
    const uint32_t stop = depth > COMPARED_DEPTH ? depth - COMPARED_DEPTH : 0;
    while (at != NULL && i != stop) {
        const frame* const link = &chain[i - 1];
        if (link->at != at) {
            updateShape(innermost);
            return;
        }
        --i;
        if (!isUnchanged(link, at))
            changed = i;
        at = at->prev_execute_data;
    }
    if (i != 0 ? at != chain[i - 1].at || changed == stop : at != NULL) {
        updateShape(innermost);
        return;
    }
    if (changed == depth)
        return;
    uint32_t node = changed != 0 ? chain[changed - 1].node : 0;
    for (i = changed; i != depth; ++i)
        node = enterFrame(&chain[i], chain[i].at, node, i == 0);
    tell(node);
}

static void updateTop(void)
{
    const zend_execute_data* at = EG(current_execute_data);
    while (at != NULL && (at->func == NULL || !ZEND_USER_CODE(at->func->type)))
        at = at->prev_execute_data;
    if (depth != 0 && chain[0].at == at && (at == NULL || isUnchanged(&chain[0], at)))
        return;
    depth = 1;
    if (at != NULL) {
        tell(enterFrame(&chain[0], at, 0, at->prev_execute_data == NULL));
    } else {
        chain[0] = (frame) { NULL, NULL, NULL, 0 };
        tell(0);
    }
}

void ha_callstack_update(void)
{
    if (mode == HA_STACKS_FULL)
        updateFull();
    else
        updateTop();
}
