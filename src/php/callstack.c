/* SPDX-License-Identifier: MIT */
#include "php/callstack.h"

#include "php/arena.h"
#include "php/internmap.h"
#include "php/signals.h"

#include "php.h"
#include "zend_compile.h"

/* One link of the chain as it was at the event before. */
typedef struct frame
{
    const zend_execute_data* at;
    const zend_function* function;
    const zend_op* opline; /* NULL in a frame without lines */
    const zend_op* opcodes; /* of the function */
    uint32_t node; /* of the tree, with everything below it */
    uint32_t line;
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

/* A look-up that was made before. What is compared identifies the node until other code is compiled, which may come to
 * stand where this was: copies of an op_array (closures, methods of traits) share oplines but may differ in scope and
 * name. */
typedef struct known_node
{
    const zend_op* opline;
    const zend_string* name;
    const zend_class_entry* scope;
    uint32_t caller;
    uint32_t node;
    uint32_t line;
    uint32_t generation; /* of the code; 0: empty */
} known_node;

enum
{
    KNOWN_FUNCTIONS = 1 << 12,
    KNOWN_NODES = 1 << 13,
    MAX_DEPTH = 1 << 20, /* deeper frames are left out */
    /* Frames below this many unchanged ones are taken to be unchanged. They could only have changed if control had
     * come back to them and again to here, through as many calls at the very same places, without one allocation or
     * release on the way. Composer and a suite run by phpunit gave the same stacks with 4, 8, 16 and no limit. */
    COMPARED_DEPTH = 4
};

static hat_writer* writer;
static ha_stack_mode mode;
static frame* chain; /* outermost first */
static const zend_execute_data** walked; /* innermost first */
static uint32_t depth;
static uint32_t current; /* as told to the writer */
static known_function* known;
static known_node* knownNodes;
static uint32_t generation; /* goes up when code is compiled */
static zend_op_array* (*originalCompileFile)(zend_file_handle*, int);
static zend_op_array* (*originalCompileString)(zend_string*, const char*, zend_compile_position);
static ha_intern_map strings, functions, nodes;

int ha_callstack_open(void)
{
    chain = ha_arena_take(sizeof *chain * MAX_DEPTH);
    walked = ha_arena_take(sizeof *walked * MAX_DEPTH);
    known = ha_arena_take(sizeof *known * KNOWN_FUNCTIONS);
    knownNodes = ha_arena_take(sizeof *knownNodes * KNOWN_NODES);
    return knownNodes != NULL && ha_intern_open(&strings, 24) == 0 && ha_intern_open(&functions, 24) == 0
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
    generation = 1;
    ha_arena_clear(known, sizeof *known * KNOWN_FUNCTIONS);
    ha_arena_clear(knownNodes, sizeof *knownNodes * KNOWN_NODES);
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

/* Finds the line and the node of the link's frame above `caller`. */
static zend_never_inline uint32_t lookUp(frame* link, uint32_t caller, int is_outermost, known_node* k)
{
    const zend_function* const f = link->function;
    const int isUser = ZEND_USER_CODE(f->type);
    const zend_string* const name = f->common.function_name;
    link->line = isUser ? lineOf(link->at, f) : 0;
    if (!isUser && name == NULL)
        return caller;
    const zend_op* const opline = link->opline;
    const sig_atomic_t held = ha_signals_nest(); /* definitions go to the writer at once */
    const uint32_t node = nodeOf(caller, functionId(f, is_outermost), link->line);
    ha_signals_unnest(held);
    /* Made for one call: their names come and go. */
    const int isFleeting = (f->common.fn_flags & (ZEND_ACC_CALL_VIA_TRAMPOLINE | ZEND_ACC_NEVER_CACHE)) != 0
        || (!isUser && !ZSTR_IS_INTERNED(name));
    /* During an exception all frames have the same opline. */
    const int isException = opline >= EG(exception_op) && opline < EG(exception_op) + 3;
    if (!isFleeting && !isException && node != 0)
        *k = (known_node) { opline, name, f->common.scope, caller, node, link->line, generation };
    return node;
}

/* Fills a link of the chain; caller: node below it. */
static uint32_t enterFrame(frame* link, const zend_execute_data* at, uint32_t caller, int is_outermost)
{
    const zend_function* const f = at->func;
    link->at = at;
    link->function = f;
    link->opline = NULL;
    link->opcodes = NULL;
    link->line = 0;
    link->node = caller;
    if (f == NULL)
        return caller;
    if (ZEND_USER_CODE(f->type)) {
        link->opline = at->opline;
        link->opcodes = f->op_array.opcodes;
    }
    const zend_op* const opline = link->opline;
    const zend_string* const name = f->common.function_name;
    const uint64_t hash =
        (((uintptr_t)opline >> 5) ^ ((uintptr_t)name >> 3) ^ ((uint64_t)caller << 20)) * 0x9E3779B97F4A7C15u;
    known_node* const k = &knownNodes[hash >> 51];
    if (EXPECTED(k->opline == opline && k->name == name && k->scope == f->common.scope && k->caller == caller
            && k->generation == generation)) {
        link->line = k->line;
        link->node = k->node;
    } else {
        link->node = lookUp(link, caller, is_outermost, k);
    }
    return link->node;
}

/* Most often the innermost function only went on to another operation of the same line. */
static int isOnSameLine(frame* link)
{
    const zend_execute_data* const at = link->at;
    const zend_function* const f = at->func;
    if (link->function != f || link->opcodes == NULL || link->opcodes != f->op_array.opcodes
        || lineOf(at, f) != link->line)
        return 0;
    link->opline = at->opline;
    return 1;
}

static inline int isUnchanged(const frame* link, const zend_execute_data* at)
{
    return link->function == at->func && (link->opline == NULL || link->opline == at->opline);
}

/* The chain from link `from` on is links up to `kept`, anew, and then `walked`, innermost first. */
static void rebuild(uint32_t from, uint32_t kept, uint32_t count)
{
    uint32_t node = from != 0 ? chain[from - 1].node : 0;
    for (; from != kept; ++from)
        node = enterFrame(&chain[from], chain[from].at, node, from == 0);
    while (count != 0) {
        --count;
        node = enterFrame(&chain[from], walked[count], node, from == 0);
        ++from;
    }
    depth = from;
    current = node;
}

/* Compares the whole chain from its outermost frame on. */
static void updateWhole(const zend_execute_data* at)
{
    uint32_t count = 0;
    for (; at != NULL && count < MAX_DEPTH; at = at->prev_execute_data)
        walked[count++] = at;
    uint32_t same = 0;
    while (same < depth && same < count && chain[same].at == walked[count - 1 - same]
        && isUnchanged(&chain[same], chain[same].at))
        ++same;
    rebuild(same, same, count - same);
}

static void updateFull(void)
{
    const zend_execute_data* const innermost = EG(current_execute_data);
    const zend_execute_data* at = innermost;
    uint32_t count = 0; /* frames entered since */
    uint32_t kept = depth; /* links that are still there */
    /* Frames of a stack stand at ascending addresses. Where they do not (a generator's, a further page) this only
     * enters more of them anew than needed. */
    for (;; at = at->prev_execute_data) {
        while (kept != 0 && chain[kept - 1].at > at)
            --kept;
        if (at == NULL || (kept != 0 && chain[kept - 1].at == at))
            break;
        if (count == MAX_DEPTH) {
            updateWhole(innermost);
            return;
        }
        walked[count++] = at;
    }
    uint32_t changed = kept; /* outermost link that differs */
    const uint32_t stop = kept > COMPARED_DEPTH ? kept - COMPARED_DEPTH : 0;
    for (uint32_t i = kept; i != stop; --i) {
        const frame* const link = &chain[i - 1];
        /* The address is known without having followed prev_execute_data, so these loads do not wait for each other;
         * each is safe because the one before it led here. */
        if (!isUnchanged(link, link->at))
            changed = i - 1;
        if (link->at->prev_execute_data != (i > 1 ? chain[i - 2].at : NULL)) {
            updateWhole(innermost);
            return;
        }
    }
    if (changed == stop && stop != 0) {
        updateWhole(innermost);
        return;
    }
    if (count == 0 && kept == depth
        && (changed == depth || (changed == depth - 1 && isOnSameLine(&chain[changed]))))
        return;
    rebuild(changed, kept, count);
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
        current = enterFrame(&chain[0], at, 0, at->prev_execute_data == NULL);
    } else {
        chain[0] = (frame) { NULL, NULL, NULL, NULL, 0, 0 };
        current = 0;
    }
}

uint32_t ha_callstack_now(void)
{
    if (mode == HA_STACKS_FULL)
        updateFull();
    else
        updateTop();
    return current;
}

/* --- code comes and goes --------------------------------------------------------------------------------------- */

static zend_op_array* compileFile(zend_file_handle* file, int type)
{
    ++generation;
    return originalCompileFile(file, type);
}

static zend_op_array* compileString(zend_string* source, const char* name, zend_compile_position position)
{
    ++generation;
    return originalCompileString(source, name, position);
}

void ha_callstack_wrap(void)
{
    originalCompileFile = zend_compile_file;
    zend_compile_file = compileFile;
    originalCompileString = zend_compile_string;
    zend_compile_string = compileString;
}

void ha_callstack_unwrap(void)
{
    if (zend_compile_file == compileFile)
        zend_compile_file = originalCompileFile;
    if (zend_compile_string == compileString)
        zend_compile_string = originalCompileString;
}
