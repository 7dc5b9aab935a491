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
    const zend_op* const*
        watched; /* the frame's opline; in a frame without lines the one above, which stays */
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

/* A look-up that was made before. What is compared identifies the node until other code is compiled, which may come to
 * stand where this was: copies of an op_array (closures, methods of traits) share oplines but may differ in scope and
 * name. 32 bytes, so that it is never in two cache lines. */
typedef struct known_node
{
    uint64_t place; /* opline, with the generation of the code above its 48 bits; 0: empty */
    const zend_string* name;
    const zend_class_entry* scope;
    uint32_t caller;
    uint32_t node;
} known_node;

enum
{
    KNOWN_FUNCTIONS = 1 << 12,
    KNOWN_NODES_SHIFT = 14,
    KNOWN_NODES = 1 << KNOWN_NODES_SHIFT,
    OPLINE_BITS = 48,
    MAX_DEPTH = 1 << 20, /* deeper frames are left out */
    /* Frames below this many unchanged ones are taken to be unchanged. They could only have changed if control had
     * come back to them and again to here, through as many calls at the very same places, without one allocation or
     * release on the way. Composer and a suite run by phpunit gave the same stacks with 4, 8, 16 and no limit. */
    COMPARED_DEPTH = 4
};
static const uint32_t NOT_KNOWN = UINT32_MAX;

static hat_writer* writer;
static ha_stack_mode mode;
static frame* chain; /* outermost first; before it stands an empty link */
static const zend_execute_data** walked; /* innermost first */
static uint32_t depth;
static uint32_t current; /* as told to the writer */
static known_function* known;
static known_node* knownNodes;
static uint64_t generation; /* << OPLINE_BITS; goes up when code is compiled */
static zend_op_array* (*originalCompileFile)(zend_file_handle*, int);
static zend_op_array* (*originalCompileString)(zend_string*, const char*, zend_compile_position);
static ha_intern_map strings, functions, nodes;

int ha_callstack_open(void)
{
    frame* const links = ha_arena_take(sizeof *chain * (MAX_DEPTH + 1));
    chain = links != NULL ? links + 1 : NULL;
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
    generation = (uint64_t)1 << OPLINE_BITS;
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

/* The line of an opline that a user function's frame had. The virtual machine stores the opline only where an operation
 * may throw, so it may be an earlier one of the same function; in half-built frames (JIT, generators) it is garbage. */
static uint32_t lineOf(const zend_op* opline, const zend_function* f)
{
    if ((f->common.fn_flags & ZEND_ACC_CALL_VIA_TRAMPOLINE) != 0)
        return 0;
    if (opline >= EG(exception_op) && opline < EG(exception_op) + 3)
        opline = EG(opline_before_exception);
    const uintptr_t offset = (uintptr_t)opline - (uintptr_t)f->op_array.opcodes;
    if ((uintptr_t)opline < (uintptr_t)f->op_array.opcodes || offset >= f->op_array.last * sizeof(zend_op)
        || offset % sizeof(zend_op) != 0)
        return f->op_array.line_start;
    return opline->lineno;
}

static inline uint64_t placeOf(const zend_op* opline)
{
    return ((uintptr_t)opline & (((uint64_t)1 << OPLINE_BITS) - 1)) | generation;
}

/* Finds the node of the link's frame above `caller`. */
static zend_never_inline uint32_t lookUp(const frame* link, uint32_t caller, int is_outermost, known_node* k)
{
    const zend_function* const f = link->function;
    const int isUser = ZEND_USER_CODE(f->type);
    const zend_string* const name = f->common.function_name;
    if (!isUser && name == NULL)
        return caller;
    const zend_op* const opline = link->opline;
    const sig_atomic_t held = ha_signals_nest(); /* definitions go to the writer at once */
    const uint32_t node = nodeOf(caller, functionId(f, is_outermost), isUser ? lineOf(opline, f) : 0);
    ha_signals_unnest(held);
    /* Made for one call: their names come and go. */
    const int isFleeting = (f->common.fn_flags & (ZEND_ACC_CALL_VIA_TRAMPOLINE | ZEND_ACC_NEVER_CACHE)) != 0
        || (!isUser && !ZSTR_IS_INTERNED(name));
    /* During an exception all frames have the same opline. */
    const int isException = opline >= EG(exception_op) && opline < EG(exception_op) + 3;
    if (!isFleeting && !isException && node != 0)
        *k = (known_node) { placeOf(opline), name, f->common.scope, caller, node };
    return node;
}

/* Fills a link of the chain; caller: node below it. */
static inline uint32_t enterFrame(frame* link, const zend_execute_data* at, uint32_t caller, int is_outermost)
{
    const zend_function* const f = at->func;
    link->at = at;
    link->function = f;
    link->opline = NULL;
    link->watched = &link->opline;
    link->node = caller;
    if (UNEXPECTED(f == NULL))
        return caller;
    if (ZEND_USER_CODE(f->type)) {
        link->opline = at->opline;
        link->watched = &at->opline;
    }
    const zend_string* const name = f->common.function_name;
    const uint64_t place = placeOf(link->opline);
    const uint64_t hash =
        ((place >> 5) ^ ((uintptr_t)name >> 3) ^ ((uint64_t)caller << 20)) * 0x9E3779B97F4A7C15u;
    known_node* const k = &knownNodes[hash >> (64 - KNOWN_NODES_SHIFT)];
    if (EXPECTED(k->place == place && k->name == name && k->scope == f->common.scope && k->caller == caller))
        link->node = k->node;
    else
        link->node = lookUp(link, caller, is_outermost, k);
    return link->node;
}

/* Most often the innermost function only went on to another operation of the same line. */
static inline int isOnSameLine(frame* link)
{
    const zend_function* const f = link->function;
    if (f != link->at->func || link->opline == NULL || lineOf(link->at->opline, f) != lineOf(link->opline, f))
        return 0;
    link->opline = link->at->opline;
    return 1;
}

static inline int isUnchanged(const frame* link)
{
    return link->function == link->at->func && *link->watched == link->opline;
}

/* The chain from link `from` on is links up to `kept`, anew, and then `walked`, innermost first. */
static void rebuild(uint32_t from, uint32_t kept, uint32_t count)
{
    uint32_t node = from != 0 ? chain[from - 1].node : 0;
    for (; from != kept; ++from)
        node = enterFrame(&chain[from], chain[from].at, node, from == 0);
    while (count != 0 && from != MAX_DEPTH) {
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
        && isUnchanged(&chain[same]))
        ++same;
    rebuild(same, same, count - same);
}

/* The outermost of the kept links that is not as it was, `kept` if all are; NOT_KNOWN if it may be one that is not
 * compared, or if they do not stand on each other any more. */
static inline uint32_t firstChanged(uint32_t kept)
{
    const uint32_t stop = kept > COMPARED_DEPTH ? kept - COMPARED_DEPTH : 0;
    uint32_t changed = kept;
    for (uint32_t i = kept; i != stop; --i) {
        const frame* const link = &chain[i - 1];
        if (!isUnchanged(link))
            changed = i - 1;
        if (UNEXPECTED(link->at->prev_execute_data != (i > 1 ? chain[i - 2].at : NULL)))
            return NOT_KNOWN;
    }
    return UNEXPECTED(changed == stop && stop != 0) ? NOT_KNOWN : changed;
}

/* The general case: any number of frames was left and entered. */
static zend_never_inline void updateByAddress(const zend_execute_data* innermost)
{
    uint32_t count = 0; /* frames entered since */
    uint32_t kept = depth; /* links that are still there */
    /* Frames of a stack stand at ascending addresses. Where they do not (a generator's, a further page) this only
     * enters more of them anew than needed. */
    for (const zend_execute_data* at = innermost;; at = at->prev_execute_data) {
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
    const uint32_t changed = firstChanged(kept);
    if (changed == NOT_KNOWN)
        updateWhole(innermost);
    else
        rebuild(changed, kept, count);
}

/* Mostly the innermost function went on or called another, or functions came back to one that did. */
static void updateFull(void)
{
    const zend_execute_data* const at = EG(current_execute_data);
    if (UNEXPECTED(depth < 2 || depth == MAX_DEPTH || at == NULL)) {
        updateByAddress(at);
        return;
    }
    uint32_t kept = depth;
    while (kept > 1 && chain[kept - 1].at > at)
        --kept;
    const int isCall = at != chain[kept - 1].at;
    if (isCall && at->prev_execute_data != chain[kept - 1].at) {
        updateByAddress(at);
        return;
    }
    const uint32_t changed = firstChanged(kept);
    if (UNEXPECTED(changed == NOT_KNOWN)) {
        updateWhole(at);
        return;
    }
    uint32_t node = chain[kept - 1].node;
    /* What is called from the same line has the same caller. */
    if (changed + 1 != kept || !isOnSameLine(&chain[changed])) {
        for (uint32_t i = changed; i != kept; ++i)
            node = enterFrame(&chain[i], chain[i].at, i != 0 ? chain[i - 1].node : 0, i == 0);
    }
    if (isCall)
        node = enterFrame(&chain[kept++], at, node, 0);
    depth = kept;
    current = node;
}

static void updateTop(void)
{
    const zend_execute_data* at = EG(current_execute_data);
    while (at != NULL && (at->func == NULL || !ZEND_USER_CODE(at->func->type)))
        at = at->prev_execute_data;
    if (depth != 0 && chain[0].at == at && (at == NULL || isUnchanged(&chain[0])))
        return;
    depth = 1;
    if (at != NULL) {
        current = enterFrame(&chain[0], at, 0, at->prev_execute_data == NULL);
    } else {
        chain[0] = (frame) { NULL, NULL, NULL, &chain[0].opline, 0 };
        current = 0;
    }
}

/* Whether the stack is as it was at the event before, as far as is compared. The most frequent case, so without a
 * branch for each frame. */
static inline int isAsBefore(void)
{
    const frame* link = &chain[depth - 1];
    if (depth == 0 || link->at != EG(current_execute_data) || *link->watched != link->opline)
        return 0;
    const uint32_t compared = depth < COMPARED_DEPTH ? depth : COMPARED_DEPTH;
    uintptr_t difference = 0;
    for (uint32_t i = 0; i < compared; ++i, --link) {
        /* The address is known without having followed prev_execute_data, so these loads do not wait for each other;
         * each is safe because the one before it led here. */
        difference |= (uintptr_t)link->function ^ (uintptr_t)link->at->func;
        difference |= (uintptr_t)link->opline ^ (uintptr_t)*link->watched;
        difference |= (uintptr_t)link->at->prev_execute_data ^ (uintptr_t)(link - 1)->at;
    }
    return difference == 0;
}

static zend_never_inline uint32_t update(void)
{
    if (UNEXPECTED(mode != HA_STACKS_FULL))
        updateTop();
    else
        updateFull();
    return current;
}

uint32_t ha_callstack_now(void) { return EXPECTED(isAsBefore()) ? current : update(); }

/* --- code comes and goes --------------------------------------------------------------------------------------- */

static void otherCode(void)
{
    generation += (uint64_t)1 << OPLINE_BITS;
    if (generation == 0)
        memset(knownNodes, 0, sizeof *knownNodes * KNOWN_NODES);
}

static zend_op_array* compileFile(zend_file_handle* file, int type)
{
    otherCode();
    return originalCompileFile(file, type);
}

static zend_op_array* compileString(zend_string* source, const char* name, zend_compile_position position)
{
    otherCode();
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
