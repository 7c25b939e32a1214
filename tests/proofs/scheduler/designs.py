"""WaitGroups of four shapes, made of locks alone: one with the generation bug, three without it."""

#: A condition: whoever is woken looks whether the counter is zero *now*, and may be too late.
NAIVE = """
from _thread import allocate_lock

class Group:
    def __init__(self):
        self.lock = allocate_lock()
        self.counter = 0
        self.sleepers = ()

    def add(self, delta):
        with self.lock:
            if self.counter + delta < 0:
                raise ValueError("negative counter")
            self.counter += delta
            if self.counter == 0 and delta != 0:
                for sleeper in self.sleepers:
                    sleeper.release()
                self.sleepers = ()

    def done(self):
        self.add(-1)

    def wait(self, timeout=-1):
        with self.lock:
            while self.counter > 0:
                if not self.sleep(timeout):
                    return False
            return True

    def sleep(self, timeout):
        mine = allocate_lock()
        mine.acquire()
        self.sleepers = (*self.sleepers, mine)
        self.lock.release()
        try:
            woken = mine.acquire(timeout=timeout)
        finally:
            self.lock.acquire()
            self.sleepers = self.others(mine)
        return woken

    def others(self, mine):
        left = ()
        for sleeper in self.sleepers:
            if sleeper is not mine:
                left = (*left, sleeper)
        return left
"""

#: The same condition, and a number that says which generation it is.
GENERATIONS = (
    NAIVE.replace("self.counter = 0\n", "self.counter = 0\n        self.generation = 0\n")
    .replace("                for sleeper", "                self.generation += 1\n                for sleeper", 1)
    .replace(
        """            while self.counter > 0:
                if not self.sleep(timeout):
                    return False
""",
        """            generation = self.generation
            while self.counter > 0 and self.generation == generation:
                if not self.sleep(timeout):
                    return self.generation != generation
""",
    )
)

#: A lock for each generation, taken while it lasts; waiters pass it on.
EVENTS = """
from _thread import allocate_lock

class Group:
    def __init__(self):
        self.lock = allocate_lock()
        self.counter = 0
        self.event = None

    def add(self, delta):
        with self.lock:
            before = self.counter
            after = before + delta
            if after < 0:
                raise ValueError("negative counter")
            if before == 0 and after > 0:
                event = allocate_lock()
                event.acquire()
                self.event = event
            self.counter = after
            if before > 0 and after == 0:
                self.event.release()

    def done(self):
        self.add(-1)

    def wait(self, timeout=-1):
        with self.lock:
            if self.counter == 0:
                return True
            event = self.event
        if not event.acquire(timeout=timeout):
            return False
        event.release()
        return True
"""

#: A lock for each waiter, in a list.
LOCK_PER_WAITER = """
from _thread import allocate_lock

class Group:
    def __init__(self):
        self.lock = allocate_lock()
        self.counter = 0
        self.parked = []

    def add(self, delta):
        with self.lock:
            if self.counter + delta < 0:
                raise ValueError("negative counter")
            self.counter += delta
            if self.counter == 0:
                while len(self.parked) > 0:
                    self.parked.pop().release()

    def done(self):
        self.add(-1)

    def wait(self, timeout=-1):
        mine = allocate_lock()
        mine.acquire()
        with self.lock:
            if self.counter == 0:
                return True
            self.parked.append(mine)
        granted = False
        try:
            granted = mine.acquire(timeout=timeout)
        finally:
            if not granted:
                granted = not self.leave(mine)
        return granted

    def leave(self, mine):
        with self.lock:
            if mine in self.parked:
                self.parked.remove(mine)
                return True
            return False
"""
