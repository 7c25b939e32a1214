"""Crawler: tasks that start tasks, so that nobody knows beforehand how many there will be.

Pattern: each page is a task; when it has found links to pages that nobody has visited, it starts a task for each.
`go()` adds the unit before it starts the thread. The task that calls it has not ended, so its own unit is still
there: the counter goes from one to two, and cannot be zero before the last page of all has been visited.

When to use it: walking a graph, a site or a tree of folders; any work whose parts are found on the way.

What goes wrong without it: if a task adds its own unit when it begins, there is a moment in which it has been started
and is not counted. If the task that started it ends in this moment, the counter is zero, and the wait returns although
a part of the walk, however large, has yet to come.
"""

import re
from collections.abc import Callable, Sequence
from threading import Lock

from waitgroup import WaitGroup


def crawl(group: WaitGroup, start: str, links: Callable[[str], Sequence[str]]) -> dict[str, str]:
    """All that can be reached from `start` by following `links`, each visited once, and the page that led to it."""
    found = {start: ""}
    lock = Lock()

    def visit(page: str) -> None:
        for link in links(page):
            with lock:
                new = link not in found
                if new:
                    found[link] = page
            if new:
                group.go(visit, link)

    group.go(visit, start)
    group.wait()
    return found


def site(pages: int) -> dict[str, str]:
    """The texts of so many pages; each links to three others, and nothing links to those at the end."""
    targets = {number: (number // 2, number * 2 % pages, (number * 2 + 1) % pages) for number in range(pages)}
    return {
        f"page{number}": " ".join(f'see <a href="page{target}">it</a>' for target in targets[number])
        for number in targets
    } | {f"unknown{number}": '<a href="page0">home</a>' for number in range(5)}


def main() -> None:
    """Crawl a site that is in memory."""
    texts = site(300)

    def links(page: str) -> Sequence[str]:
        return re.findall(r'href="(\w+)"', texts[page])

    group = WaitGroup(name="crawler")
    found = crawl(group, "page1", links)
    print(f"{len(found)} of {len(texts)} pages can be reached")
    print("not among them:", *sorted(texts.keys() - found.keys()))
    print(group)


if __name__ == "__main__":
    main()
