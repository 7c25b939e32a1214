/* The driver of the WaitGroup in condition.h. The protocol is in docs/driver-protocol.md. */
#define _GNU_SOURCE
#include <gnu/libc-version.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "condition.h"

/* The arrays are longer than any case of the kit needs; what does not fit is answered with an error. */
enum { THREADS = 64, CALLS = 64, NAME = 64 };
struct call { char what[8]; long long delta; double timeout; };
struct thread {
    struct world *world;
    char name[NAME];
    struct call calls[CALLS];
    const char *results[CALLS];
    atomic_int made; /* how many of the results are there to be read */
    int given;
    bool started;
};
struct world { struct waitgroup group; pthread_rwlock_t gate; int known; struct thread threads[THREADS]; };

static const char *make(struct waitgroup *group, const struct call *call) {
    int error = 0;
    if (strcmp(call->what, "add") == 0) error = waitgroup_add(group, call->delta);
    else if (strcmp(call->what, "done") == 0) error = waitgroup_add(group, -1);
    else if (call->timeout < 0) waitgroup_wait(group);
    else return waitgroup_timedwait(group, call->timeout) ? "returned" : "expired";
    return error == EINVAL ? "raised negative" : error == EOVERFLOW ? "raised overflow" : "returned";
}

static void *run(void *argument) {
    struct thread *thread = argument;
    pthread_rwlock_rdlock(&thread->world->gate); /* open as soon as all have been started */
    pthread_rwlock_unlock(&thread->world->gate);
    for (int number = 0; number < thread->given; number++) {
        thread->results[number] = make(&thread->world->group, &thread->calls[number]);
        atomic_store(&thread->made, number + 1);
    }
    return NULL;
}

/* Where the value of a key begins, or NULL. The colon tells the key "call" from the value "call". */
static const char *value(const char *line, const char *key) {
    char quoted[NAME];
    int length = snprintf(quoted, sizeof quoted, "\"%s\"", key);
    while ((line = strstr(line, quoted)) != NULL) {
        line += length;
        line += strspn(line, " ");
        if (*line == ':') return line + 1 + strspn(line + 1, " ");
    }
    return NULL;
}

/* Whether there is a string of that key, shorter than the size. */
static bool text(const char *line, const char *key, char *into, size_t size) {
    const char *start = value(line, key);
    size_t length = start && *start == '"' ? strcspn(++start, "\"") : size;
    if (length >= size) return false;
    memcpy(into, start, length);
    into[length] = 0;
    return true;
}

static bool note(struct world *world, const char *line) {
    char name[NAME];
    int at = 0;
    if (!text(line, "thread", name, NAME)) return false;
    while (at < world->known && strcmp(world->threads[at].name, name) != 0) at++;
    if (at == THREADS || world->threads[at].given == CALLS || world->threads[at].started) return false;
    struct thread *thread = &world->threads[at];
    if (at == world->known) world->known++, thread->world = world, strcpy(thread->name, name);
    struct call *call = &thread->calls[thread->given];
    const char *delta = value(line, "delta"), *timeout = value(line, "timeout");
    if (!text(line, "call", call->what, sizeof call->what)) return false;
    if (strcmp(call->what, "add") && strcmp(call->what, "done") && strcmp(call->what, "wait")) return false;
    call->delta = delta ? strtoll(delta, NULL, 10) : 0;
    call->timeout = timeout ? strtod(timeout, NULL) : -1;
    thread->given++;
    return true;
}

static bool start(struct world *world) {
    bool good = true;
    pthread_rwlock_wrlock(&world->gate);
    for (int at = 0; at < world->known; at++) {
        pthread_t id;
        if (world->threads[at].started) continue;
        world->threads[at].started = true;
        if (pthread_create(&id, NULL, run, &world->threads[at]) == 0) pthread_detach(id);
        else good = false;
    }
    pthread_rwlock_unlock(&world->gate);
    return good;
}

static void poll(const struct world *world) {
    printf("{\"results\": {");
    for (int at = 0; at < world->known; at++) {
        const struct thread *thread = &world->threads[at];
        printf("%s\"%s\": [", at ? ", " : "", thread->name);
        for (int number = 0, made = atomic_load(&thread->made); number < made; number++)
            printf("%s\"%s\"", number ? ", " : "", thread->results[number]);
        printf("]");
    }
    puts("}}");
}

static struct world *create(long units) {
    struct world *world = calloc(1, sizeof *world); /* never freed: threads of it may stay blocked */
    if (!world) abort();
    waitgroup_init(&world->group, (int)units);
    pthread_rwlock_init(&world->gate, NULL);
    return world;
}

int main(void) {
    struct world *world = create(0);
    char *line = NULL, what[NAME] = "";
    for (size_t size = 0; strcmp(what, "bye") != 0 && getline(&line, &size, stdin) > 0; fflush(stdout)) {
        const char *units = value(line, "units");
        bool good = text(line, "do", what, NAME);
        if (strcmp(what, "hello") == 0)
            printf("{\"name\": \"C, condition variable\", \"version\": \"glibc %s\", \"observes\": [\"counter\"],"
                   " \"calls\": [\"add\", \"done\", \"wait\", \"timed wait\"]}\n", gnu_get_libc_version());
        else if (strcmp(what, "poll") == 0)
            poll(world);
        else if (strcmp(what, "observe") == 0)
            printf("{\"counter\": %d}\n", waitgroup_count(&world->group));
        else {
            if (strcmp(what, "create") == 0 && (good = units)) world = create(strtol(units, NULL, 10));
            if (strcmp(what, "call") == 0) good = note(world, line);
            if (strcmp(what, "start") == 0) good = start(world);
            puts(good ? "{\"ok\": true}" : "{\"error\": \"it is too much, or not understood\"}");
        }
    }
    free(line);
    return 0;
}
