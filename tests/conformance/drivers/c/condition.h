/* A WaitGroup as C programmers write it: a counter, a mutex and a condition variable of POSIX threads. */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <time.h>

struct waitgroup {
    pthread_mutex_t mutex;
    pthread_cond_t zero;
    int count;
};

static void waitgroup_init(struct waitgroup *group, int count) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC); /* a timeout is no time of day */
    pthread_mutex_init(&group->mutex, NULL);
    pthread_cond_init(&group->zero, &attributes);
    pthread_condattr_destroy(&attributes);
    group->count = count;
}

/* 0, or EINVAL if the counter would be negative, or EOVERFLOW; then it is as it was. */
static int waitgroup_add(struct waitgroup *group, long long delta) {
    int error = 0;
    pthread_mutex_lock(&group->mutex);
    if (delta < -(long long)group->count) error = EINVAL;
    else if (delta > (long long)INT_MAX - group->count) error = EOVERFLOW;
    else if ((group->count += (int)delta) == 0) pthread_cond_broadcast(&group->zero);
    pthread_mutex_unlock(&group->mutex);
    return error;
}

static void waitgroup_wait(struct waitgroup *group) {
    pthread_mutex_lock(&group->mutex);
    while (group->count > 0) pthread_cond_wait(&group->zero, &group->mutex);
    pthread_mutex_unlock(&group->mutex);
}

/* Whether the counter has come to zero before the time was over. */
static bool waitgroup_timedwait(struct waitgroup *group, double seconds) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)seconds;
    until.tv_nsec += (long)((seconds - (double)(time_t)seconds) * 1e9);
    if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
    int error = 0;
    pthread_mutex_lock(&group->mutex);
    while (group->count > 0 && error == 0) error = pthread_cond_timedwait(&group->zero, &group->mutex, &until);
    bool zero = group->count == 0;
    pthread_mutex_unlock(&group->mutex);
    return zero;
}

static int waitgroup_count(struct waitgroup *group) {
    pthread_mutex_lock(&group->mutex);
    int count = group->count;
    pthread_mutex_unlock(&group->mutex);
    return count;
}
