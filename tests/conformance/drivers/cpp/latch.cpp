// The driver of std::latch of C++20. The protocol is in docs/driver-protocol.md.
//
// A latch has no add: its units are those that create names. Its count cannot be observed: try_wait may say no at zero.
// To count down below zero is undefined by the standard ([thread.latch.class]: a precondition of count_down), as is to
// begin below zero or above max(). The driver makes no such call, and its answer is then that it lacks this: who conducts can
// decide nothing, for whatever came of it would be allowed.
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <latch>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#if defined(_LIBCPP_VERSION)
const std::string library = "libc++ " + std::to_string(_LIBCPP_VERSION);
#elif defined(_GLIBCXX_RELEASE)
const std::string library = "libstdc++ " + std::to_string(_GLIBCXX_RELEASE);
#else
const std::string library = "unknown";
#endif

struct Thread {
    std::vector<std::string> calls, results;
    bool started = false;
};

struct World {
    explicit World(std::ptrdiff_t units) : latch(units), left(units) {}

    std::latch latch;
    std::atomic<std::ptrdiff_t> left; // units that no count_down has been made for
    std::atomic<bool> undefined{false};
    std::mutex mutex; // of the results
    std::shared_mutex gate;
    std::map<std::string, Thread> threads;

    void run(Thread &thread) {
        { std::shared_lock open(gate); } // as soon as all have been started
        for (const auto &call : thread.calls) {
            if (call == "wait") {
                latch.wait();
            } else if (left.fetch_sub(1) > 0) {
                latch.count_down();
            } else {
                undefined = true;
                return;
            }
            std::scoped_lock hold(mutex);
            thread.results.push_back("returned");
        }
    }

    // The threads own the world too: it may be forgotten while they are blocked, and a latch must outlive its waiters.
    static void start(const std::shared_ptr<World> &world) {
        std::scoped_lock closed(world->gate);
        for (auto &[name, thread] : world->threads)
            if (!std::exchange(thread.started, true))
                std::thread([world, &thread] { world->run(thread); }).detach();
    }

    std::string results() {
        std::scoped_lock hold(mutex);
        std::string all;
        for (const auto &[name, thread] : threads) {
            std::string words;
            for (const auto &word : thread.results) words += (words.empty() ? "\"" : ", \"") + word + "\"";
            all += (all.empty() ? "\"" : ", \"") + name + "\": [" + words + "]";
        }
        return "{\"results\": {" + all + "}}";
    }
};

// What stands after a key, without quotes. The colon tells the key "call" from the value "call".
std::string value(const std::string &line, const std::string &key) {
    const std::string quoted = "\"" + key + "\"";
    for (auto at = line.find(quoted); at != std::string::npos; at = line.find(quoted, at)) {
        at = line.find_first_not_of(' ', at + quoted.size());
        if (at == std::string::npos || line[at] != ':') continue;
        at = line.find_first_not_of(' ', at + 1);
        if (at == std::string::npos) break;
        if (line[at] == '"') return line.substr(at + 1, line.find('"', at + 1) - at - 1);
        return line.substr(at, line.find_first_of(",} ", at) - at);
    }
    return "";
}

std::string answer(const std::string &line, std::shared_ptr<World> &world) {
    const auto what = value(line, "do"), call = value(line, "call");
    if (what == "hello") {
        // More than 2^53 is no number in every reader of JSON.
        const auto largest = std::min<std::intmax_t>(std::latch::max(), std::intmax_t{1} << 53);
        return "{\"name\": \"std::latch\", \"version\": \"" + library + "\", \"calls\": [\"done\", \"wait\"], " +
               "\"observes\": [], \"largest\": " + std::to_string(largest) + "}";
    }
    if (what == "create") {
        const auto units = std::stoll(value(line, "units"));
        if (units < 0 || units > std::latch::max()) return "{\"lacks\": \"undefined by the standard: so many units\"}";
        world = std::make_shared<World>(static_cast<std::ptrdiff_t>(units));
    } else if (what == "call") {
        if (call != "done" && call != "wait") return "{\"lacks\": \"a latch has no such call\"}";
        if (!value(line, "timeout").empty()) return "{\"lacks\": \"a latch has no timed wait\"}";
        world->threads[value(line, "thread")].calls.push_back(call);
    } else if (what == "start") {
        World::start(world);
    } else if (what == "poll") {
        if (world->undefined) return "{\"lacks\": \"undefined by the standard: a count_down at zero\"}";
        return world->results();
    } else if (what == "observe") {
        return "{}";
    }
    return "{\"ok\": true}";
}

int main() {
    auto world = std::make_shared<World>(0);
    for (std::string line; std::getline(std::cin, line);) {
        try {
            std::cout << answer(line, world) << std::endl;
        } catch (const std::exception &error) {
            std::cout << "{\"error\": \"" << error.what() << "\"}" << std::endl;
        }
        if (value(line, "do") == "bye") break;
    }
    std::_Exit(0); // threads may still be blocked
}
