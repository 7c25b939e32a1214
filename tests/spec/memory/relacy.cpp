// Go's WaitGroup for the race detector Relacy, with the ordering of each atomic operation chosen at run time.
//
// Read it beside waitgroup_spec/protocols/go.py: the same operations in the same order. Each worker writes a result of
// its own and is done; each waiter waits and reads all results. A panic is a failure, since there is no misuse here.
//
//     relacy WORKERS WAITERS < assignments
//
// An assignment is a line `done=acq_rel reload=relaxed ...` that names every site once. The answer to it is a line,
// too: the verdict (pass, race, deadlock, or what Go panics with), a tab, and the number of executions that were tried,
// the failing one included. Exit code 2: it was asked for something else.

#include <cstdint>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>

#include <relacy/relacy.hpp>

namespace {

using Word = std::uint64_t;  // the counter in the high half, the waiters in the low one

struct Site {
    char const* name;
    rl::memory_order ordering = rl::mo_relaxed;
};

Site done{"done"}, reload{"reload"}, reset{"reset"}, release{"release"};
Site load{"load"}, compare_and_swap{"compare_and_swap"}, acquire{"acquire"}, recheck{"recheck"};
Site* const sites[] = {&done, &reload, &reset, &release, &load, &compare_and_swap, &acquire, &recheck};

std::map<std::string, rl::memory_order> const orderings = {
    {"relaxed", rl::mo_relaxed},
    {"acquire", rl::mo_acquire},
    {"release", rl::mo_release},
    {"acq_rel", rl::mo_acq_rel},
};

char const* panic_message;  // no string: what a thread allocates, Relacy takes for the program's

void panic(char const* message) {
    panic_message = message;
    rl::ctx().fail_test(message, rl::test_result_user_assert_failed, $);
}

// While it lives, no other thread takes a step.
struct Alone {
    Alone() { rl::ctx().disable_preemption(); }
    ~Alone() { rl::ctx().enable_preemption(); }
};

// A counting semaphore. Who finds no permit sleeps, and looks again when one was given; that orders nothing, only the
// two operations on the permits do. To look at them (debug_value) is no step of the program.
class Semaphore {
public:
    Semaphore() : permits(0) {}

    void give() {
        permits.fetch_add(1, release.ordering, $);
        for (; sleeping != 0; --sleeping) rl::ctx().unpark_thread(sleepers[sleeping - 1], false, $);
    }

    void take() {
        if (permits.debug_value() != 0) rl::ctx().sched();
        while (permits.debug_value() == 0) {
            sleepers[sleeping++] = rl::ctx().current_thread();
            rl::ctx().park_current_thread(false, false, false, $);
        }
        Alone alone;
        permits.fetch_sub(1, acquire.ordering, $);
    }

private:
    rl::atomic<unsigned> permits;
    rl::thread_id_t sleepers[4];
    unsigned sleeping = 0;
};

class WaitGroup {
public:
    explicit WaitGroup(unsigned units) : word(Word(units) << 32) {}

    void Done() {
        Word const saved = word.fetch_add(~Word(0) << 32, done.ordering, $) + (~Word(0) << 32);
        auto const counter = std::int32_t(saved >> 32);
        auto waiters = std::uint32_t(saved);
        if (counter < 0) panic("sync: negative WaitGroup counter");
        if (counter > 0 || waiters == 0) return;
        if (word.load(reload.ordering, $) != saved) panic("sync: WaitGroup misuse: Add called concurrently with Wait");
        word.store(0, reset.ordering, $);
        for (; waiters != 0; --waiters) semaphore.give();
    }

    void Wait() {
        for (;;) {
            Word saved = word.load(load.ordering, $);
            if (std::int32_t(saved >> 32) == 0) return;
            if (word.compare_exchange_strong(saved, saved + 1, compare_and_swap.ordering, $, rl::mo_relaxed, $)) {
                semaphore.take();
                if (word.load(recheck.ordering, $) != 0)
                    panic("sync: WaitGroup is reused before previous Wait has returned");
                return;
            }
        }
    }

private:
    rl::atomic<Word> word;
    Semaphore semaphore;
};

template<int workers, int waiters>
struct Program : rl::test_suite<Program<workers, waiters>, workers + waiters> {
    WaitGroup group{workers};
    rl::var<int> results[workers];

    void thread(unsigned number) {
        if (number < workers) {
            results[number]($) = 1;
            group.Done();
        } else {
            group.Wait();
            for (auto& result : results) (void)result($).load();
        }
    }
};

// Every execution that Relacy knows. Its own full search differs in two ways: a thread that slept goes on only when the
// others have taken a step, which leaves executions out; and entering a thread is a step, which tries the same
// execution many times.
template<rl::thread_id_t threads>
struct SearchThread : rl::tree_search_scheduler_thread_info<threads> {
    bool begun;

    void reset(rl::test_params& params) {
        rl::tree_search_scheduler_thread_info<threads>::reset(params);
        begun = false;
    }
};

template<rl::thread_id_t threads>
struct Search : rl::tree_search_scheduler<Search<threads>, SearchThread<threads>, threads> {
    using Base = rl::tree_search_scheduler<Search, SearchThread<threads>, threads>;
    using Base::Base;

    // Who takes the next step. Who has only just entered goes on with its first one.
    rl::thread_id_t schedule_impl(rl::unpark_reason& reason, unsigned) {
        if (!this->thread_->begun) {
            this->thread_->begun = true;
            reason = rl::unpark_reason_normal;
            return this->thread_->index_;
        }
        return Base::schedule_impl(reason, 0);
    }

    bool can_switch(SearchThread<threads>&) { return true; }
    void on_switch(SearchThread<threads>&) {}
    double iteration_count_approx() { return 1; }
};

template<int workers, int waiters>
std::string verdict() {
    std::ostream nowhere(nullptr);
    rl::test_params params;
    params.output_stream = params.progress_stream = &nowhere;
    rl::ostringstream state;
    std::string said;
    switch (rl::run_test<Program<workers, waiters>, Search<workers + waiters>>(params, state, false)) {
        case rl::test_result_success: said = "pass"; break;
        case rl::test_result_data_race: said = "race"; break;
        case rl::test_result_deadlock: said = "deadlock"; break;
        case rl::test_result_user_assert_failed: said = panic_message; break;
        default: said = rl::test_result_str(params.test_result); break;
    }
    return said + "\t" + std::to_string(params.stop_iteration);
}

std::map<std::string, std::string (*)()> const sizes = {
    {"1 1", verdict<1, 1>}, {"2 1", verdict<2, 1>}, {"1 2", verdict<1, 2>}, {"2 2", verdict<2, 2>},
};

// Gives every site its ordering; false if the line is not an assignment.
bool assign(std::string const& line) {
    std::map<std::string, std::string> named;
    std::istringstream words(line);
    for (std::string word; words >> word;) named[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
    for (Site* site : sites) {
        auto const ordering = orderings.find(named[site->name]);
        if (ordering == orderings.end()) return false;
        site->ordering = ordering->second;
    }
    return named.size() == std::size(sites);
}

}  // namespace

int main(int count, char** arguments) {
    auto const size = sizes.find(count == 3 ? std::string(arguments[1]) + " " + arguments[2] : "");
    if (size == sizes.end()) {
        std::cerr << "relacy: needs WORKERS WAITERS, each 1 or 2\n";
        return 2;
    }
    for (std::string line; std::getline(std::cin, line);) {
        if (!assign(line)) {
            std::cerr << "relacy: not an assignment: " << line << "\n";
            return 2;
        }
        std::cout << size->second() << std::endl;
    }
}
