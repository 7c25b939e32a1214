// The driver of what Java has instead of a WaitGroup: `java Driver.java CountDownLatch` or `java Driver.java Phaser`.
// The protocol is in docs/driver-protocol.md.

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.concurrent.*;
import java.util.function.*;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

final class Driver {
    /** Waits, with null for ever; says whether the counter came to zero. */
    interface Wait {
        boolean isZero(Long nanos) throws InterruptedException;
    }

    /** What is driven. */
    record Group(LongConsumer add, Runnable done, Wait await, LongSupplier counter) {}

    /** A latch has no add: the units that it is made with are all there are. */
    static Group latch(int units) {
        CountDownLatch latch = new CountDownLatch(units);
        Wait wait = nanos -> {
            if (nanos != null) return latch.await(nanos, NANOSECONDS);
            latch.await();
            return true;
        };
        return new Group(null, latch::countDown, wait, latch::getCount);
    }

    /** Units are registered parties. As none arrives without being deregistered, a phase ends when there are none. */
    static Group phaser(int units) {
        Phaser phaser = new Phaser(units) {
            @Override
            protected boolean onAdvance(int phase, int parties) {
                return false; // Otherwise it terminates at the first zero, and cannot be used again.
            }
        };
        LongConsumer add = delta -> {
            if (delta >= 0) phaser.bulkRegister(Math.toIntExact(delta));
            // One party at a time is all that can be taken away: the loop that a user would write, and so not one step.
            for (long left = delta; left < 0; left++) phaser.arriveAndDeregister();
        };
        Wait wait = nanos -> {
            // The phase first: parties seen after it are of that phase, or it is over and awaiting it ends at once.
            int phase = phaser.getPhase();
            if (phaser.getRegisteredParties() == 0) return true;
            try {
                if (nanos == null) phaser.awaitAdvance(phase);
                else phaser.awaitAdvanceInterruptibly(phase, nanos, NANOSECONDS);
                return true;
            } catch (TimeoutException expired) {
                return false;
            }
        };
        return new Group(add, phaser::arriveAndDeregister, wait, phaser::getRegisteredParties);
    }

    /** A key and its value. What is escaped in a name stays so, and is said again as it was. */
    static final Pattern PAIR = Pattern.compile("\"(\\w+)\"\\s*:\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s,}]+))");

    private final Group group;
    private final Map<String, List<Map<String, String>>> calls = new HashMap<>();
    private final Map<String, List<String>> results = new ConcurrentHashMap<>();

    private Driver(Group group) {
        this.group = group;
    }

    /** Starts, together, the threads that have not been started. They are daemons: some stay blocked for ever. */
    private void start() {
        List<String> fresh = calls.keySet().stream().filter(name -> !results.containsKey(name)).toList();
        Phaser together = new Phaser(fresh.size());
        for (String name : fresh) {
            List<Map<String, String>> own = calls.get(name);
            List<String> given = new CopyOnWriteArrayList<>();
            results.put(name, given);
            Thread thread = new Thread(() -> {
                together.arriveAndAwaitAdvance();
                for (Map<String, String> request : own) given.add(made(request));
            });
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Makes a call; what it has given. */
    private String made(Map<String, String> request) {
        String call = request.get("call"), seconds = request.get("timeout");
        try {
            if (call.equals("done")) group.done.run();
            else if (call.equals("add")) group.add.accept(Long.parseLong(request.get("delta")));
            else if (seconds == null) group.await.isZero(null);
            else return group.await.isZero((long) (Double.parseDouble(seconds) * 1e9)) ? "returned" : "expired";
            return "returned";
        } catch (Exception error) {
            // "Attempted arrival of unregistered party" is how Phaser calls a done without a unit.
            return error.toString().contains("unregistered") ? "raised negative" : "raised";
        }
    }

    private String answer(Map<String, String> request) {
        String said = "{\"ok\":true}";
        switch (request.get("do")) {
            case "create", "bye" -> {}
            case "call" -> calls.computeIfAbsent(request.get("thread"), name -> new ArrayList<>()).add(request);
            case "start" -> start();
            case "poll" -> said = results.entrySet().stream()
                    .map(of -> of.getValue().stream().map(word -> "\"" + word + "\"")
                            .collect(Collectors.joining(",", "\"" + of.getKey() + "\":[", "]")))
                    .collect(Collectors.joining(",", "{\"results\":{", "}}"));
            case "observe" -> said = "{\"counter\":" + group.counter.getAsLong() + "}";
            default -> throw new UnsupportedOperationException();
        }
        return said;
    }

    /** Phaser has bounds of its own: 16 bits for its parties, an int for how many are registered at once. */
    private static String hello(String name) {
        return "{\"name\":\"java.util.concurrent." + name + "\",\"version\":\"" + System.getProperty("java.version")
                + "\",\"observes\":[\"counter\"],\"calls\":[\"done\",\"wait\",\"timed wait\"" + (name.equals("Phaser")
                ? ",\"add\"],\"largest\":65535,\"widest\":" + Integer.MAX_VALUE + "}" : "]}");
    }

    public static void main(String[] names) throws IOException {
        Map<String, IntFunction<Group>> known = Map.of("CountDownLatch", Driver::latch, "Phaser", Driver::phaser);
        IntFunction<Group> make = known.get(names[0]);
        var requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Driver driver = new Driver(make.apply(0));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            Map<String, String> request = new HashMap<>();
            PAIR.matcher(line).results().forEach(pair ->
                    request.put(pair.group(1), pair.group(pair.group(2) == null ? 3 : 2)));
            String what = String.valueOf(request.get("do"));
            try {
                if (what.equals("create")) driver = new Driver(make.apply(Integer.parseInt(request.get("units"))));
                answers.println(what.equals("hello") ? hello(names[0]) : driver.answer(request));
            } catch (RuntimeException error) {
                answers.println("{\"error\":\"" + error.getClass().getName() + "\"}");
            }
            if (what.equals("bye")) break;
        }
    }
}
