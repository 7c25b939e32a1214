// Two WaitGroups in C++20 with the weakest memory orderings that the model of this repository accepts; see README.md.
//
//     g++ -std=c++20 -Wall -Wextra -O2 -pthread -fsanitize=thread waitgroup.cpp -o waitgroup && ./waitgroup

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

[[noreturn]] static void misuse(const char *why) {
    std::fprintf(stderr, "waitgroup: %s\n", why);
    std::abort();
}

// Go's algorithm: the counter is the word's upper half and the waiters are its lower half; a permit for each of them.

class WaitGroup {
    std::atomic<std::uint64_t> word{0};
    std::atomic<std::uint32_t> permits{0};

public:
    void add(std::int32_t delta) {
        auto change = std::uint64_t{static_cast<std::uint32_t>(delta)} << 32;
        auto before = delta > 0 ? word.fetch_add(change, std::memory_order_relaxed)  // site: add
                                : word.fetch_add(change, std::memory_order_acq_rel); // site: done
        auto seen = before + change;
        auto counter = static_cast<std::int32_t>(seen >> 32);
        auto waiters = static_cast<std::uint32_t>(seen);
        if (counter < 0) misuse("negative counter");
        if (waiters != 0 && delta > 0 && counter == delta) misuse("add called concurrently with wait");
        if (counter > 0 || waiters == 0) return;
        auto again = word.load(std::memory_order_relaxed); // site: reload
        if (again != seen) misuse("add called concurrently with wait");
        word.store(0, std::memory_order_release); // site: reset
        for (; waiters != 0; waiters--) {
            permits.fetch_add(1, std::memory_order_release); // site: release
            permits.notify_one(); // the permit was the last access, if notify_one is none: see README.md
        }
    }

    void wait() {
        std::uint64_t seen;
        do {
            seen = word.load(std::memory_order_acquire); // site: load
            if (seen >> 32 == 0) return;
        } while (!word.compare_exchange_strong(
            seen, seen + 1, std::memory_order_relaxed, std::memory_order_relaxed)); // site: compare_and_swap
        std::uint32_t left = 1; // a guess, which saves a load: where it is wrong, the failure says how many there are
        while (!permits.compare_exchange_strong(
            left, left - 1, std::memory_order_acquire, std::memory_order_relaxed)) { // site: acquire
            if (left != 0) continue;
            permits.wait(0, std::memory_order_relaxed); // site: sleep
            left = 1;
        }
        seen = word.load(std::memory_order_relaxed); // site: recheck
        if (seen != 0) misuse("reused before previous wait has returned");
    }
};

// The latch: for one use, its waiters read the counter themselves.

class Latch {
    std::atomic<std::uint32_t> count;

public:
    explicit Latch(std::uint32_t units) : count{units} {}

    void done() {
        auto before = count.fetch_sub(1, std::memory_order_release); // site: done
        if (before == 1) count.notify_all(); // as above: a waiter may have destroyed the latch by now
    }

    void wait() {
        std::uint32_t left;
        while ((left = count.load(std::memory_order_acquire)) != 0) // site: load
            count.wait(left, std::memory_order_relaxed); // site: sleep
    }
};

// Stress: workers write plain variables, and waiters read all of them. In every other round, the waiters start first.

constexpr int ROUNDS = 500, WORKERS = 3, WAITERS = 2, THREADS = WORKERS + WAITERS;

int main() {
    WaitGroup group; // is used again in each round
    for (int round = 1; round <= ROUNDS; round++) {
        Latch latch{WORKERS};
        int before_group[WORKERS] = {}, before_latch[WORKERS] = {};
        auto worker = [&](int number) {
            before_group[number] = round;
            group.add(-1);
            before_latch[number] = round;
            latch.done();
        };
        auto waiter = [&] {
            group.wait();
            for (int result : before_group)
                if (result != round) std::abort();
            latch.wait();
            for (int result : before_latch)
                if (result != round) std::abort();
        };
        group.add(WORKERS);
        std::vector<std::thread> threads;
        for (int turn = 0; turn < THREADS; turn++) {
            int number = round % 2 ? turn : THREADS - 1 - turn;
            if (number < WORKERS) threads.emplace_back(worker, number);
            else threads.emplace_back(waiter);
        }
        for (auto &thread : threads) thread.join();
    }
}
