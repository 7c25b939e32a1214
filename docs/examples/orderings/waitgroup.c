// Two WaitGroups in C11 with the weakest memory orderings that the model of this repository accepts; see README.md.
//
//     gcc -std=c11 -Wall -Wextra -O2 -pthread -fsanitize=thread waitgroup.c -o waitgroup && ./waitgroup

#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

// Gives no order between threads. To wake somebody only needs the address, whatever has become of the object.
static void futex(_Atomic uint32_t *location, int operation, uint32_t value) {
    syscall(SYS_futex, location, operation, value, NULL, NULL, 0);
}

static _Noreturn void misuse(const char *why) {
    fprintf(stderr, "waitgroup: %s\n", why);
    abort();
}

// Go's algorithm: the counter is the word's upper half and the waiters are its lower half; a permit for each of them.

struct waitgroup {
    _Atomic uint64_t word;
    _Atomic uint32_t permits;
};

static void waitgroup_add(struct waitgroup *group, int32_t delta) {
    uint64_t change = (uint64_t)(uint32_t)delta << 32;
    uint64_t before = delta > 0 ? atomic_fetch_add_explicit(&group->word, change, memory_order_relaxed)  // site: add
                                : atomic_fetch_add_explicit(&group->word, change, memory_order_acq_rel); // site: done
    uint64_t word = before + change;
    int32_t counter = (int32_t)(word >> 32);
    uint32_t waiters = (uint32_t)word;
    if (counter < 0) misuse("negative counter");
    if (waiters != 0 && delta > 0 && counter == delta) misuse("add called concurrently with wait");
    if (counter > 0 || waiters == 0) return;
    uint64_t again = atomic_load_explicit(&group->word, memory_order_relaxed); // site: reload
    if (again != word) misuse("add called concurrently with wait");
    atomic_store_explicit(&group->word, 0, memory_order_release); // site: reset
    for (; waiters != 0; waiters--) {
        atomic_fetch_add_explicit(&group->permits, 1, memory_order_release); // site: release
        futex(&group->permits, FUTEX_WAKE_PRIVATE, 1); // here the group may be gone: the permit was the last access
    }
}

static void waitgroup_wait(struct waitgroup *group) {
    uint64_t word;
    do {
        word = atomic_load_explicit(&group->word, memory_order_acquire); // site: load
        if (word >> 32 == 0) return;
    } while (!atomic_compare_exchange_strong_explicit(
        &group->word, &word, word + 1, memory_order_relaxed, memory_order_relaxed)); // site: compare_and_swap
    uint32_t permits = 1; // a guess, which saves a load: where it is wrong, the failure says how many there are
    while (!atomic_compare_exchange_strong_explicit(
        &group->permits, &permits, permits - 1, memory_order_acquire, memory_order_relaxed)) { // site: acquire
        if (permits != 0) continue;
        futex(&group->permits, FUTEX_WAIT_PRIVATE, 0);
        permits = 1;
    }
    word = atomic_load_explicit(&group->word, memory_order_relaxed); // site: recheck
    if (word != 0) misuse("reused before previous wait has returned");
}

// The latch: for one use, its waiters read the counter themselves.

struct latch {
    _Atomic uint32_t count;
};

static void latch_done(struct latch *latch) {
    uint32_t before = atomic_fetch_sub_explicit(&latch->count, 1, memory_order_release); // site: done
    if (before == 1) futex(&latch->count, FUTEX_WAKE_PRIVATE, INT32_MAX); // here the latch may be gone
}

static void latch_wait(struct latch *latch) {
    uint32_t count;
    while ((count = atomic_load_explicit(&latch->count, memory_order_acquire)) != 0) // site: load
        futex(&latch->count, FUTEX_WAIT_PRIVATE, count);
}

// Stress: workers write plain variables, and waiters read all of them. In every other round, the waiters start first.

enum { ROUNDS = 500, WORKERS = 3, WAITERS = 2, THREADS = WORKERS + WAITERS };

static int round_number;
static struct waitgroup group; // is used again in each round
static struct latch latch;
static int before_group[WORKERS], before_latch[WORKERS];

static void *worker(void *own) {
    int number = *(int *)own;
    before_group[number] = round_number;
    waitgroup_add(&group, -1);
    before_latch[number] = round_number;
    latch_done(&latch);
    return NULL;
}

static void *waiter(void *unused) {
    waitgroup_wait(&group);
    for (int number = 0; number < WORKERS; number++)
        if (before_group[number] != round_number) abort();
    latch_wait(&latch);
    for (int number = 0; number < WORKERS; number++)
        if (before_latch[number] != round_number) abort();
    return unused;
}

int main(void) {
    for (round_number = 1; round_number <= ROUNDS; round_number++) {
        pthread_t threads[THREADS];
        int numbers[THREADS];
        waitgroup_add(&group, WORKERS);
        atomic_init(&latch.count, WORKERS);
        for (int turn = 0; turn < THREADS; turn++) {
            numbers[turn] = round_number % 2 ? turn : THREADS - 1 - turn;
            void *(*work)(void *) = numbers[turn] < WORKERS ? worker : waiter;
            if (pthread_create(&threads[turn], NULL, work, &numbers[turn]) != 0) abort();
        }
        for (int turn = 0; turn < THREADS; turn++) pthread_join(threads[turn], NULL);
    }
}
