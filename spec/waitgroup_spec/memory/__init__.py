"""Which memory ordering does each atomic step need? Programs under RC11 without load buffering, every state of them.

The model is RC11's operational form by views (Lahav, Vafeiadis, Kang, Hur, Dreyer 2017; Kang, Hur, Lahav, Vafeiadis,
Dreyer 2017), without promises. Each location has its writes in modification order. A thread may read any of them that
is not behind what it knows, and may put a store anywhere behind what it knows, not only at the end; but nothing comes
between a read-modify-write and the write that it read. What it knows is a view; release and acquire pass views on.

Covered: relaxed, acquire, release and acq_rel accesses and fences; races on payloads, which are plain data that nobody
looks into (without a race, what a read of them gives is determined); that the object all this is in is freed while it
is in use; deadlock; failures of a program's own, as Go's panics; a futex, which is an atomic comparison with the newest
value and gives no happens-before. Release sequences are C++20's, which are Rust's too: only read-modify-writes continue
them. Under `Model.CPP11` later stores by the thread that released do so too, as in C++11 and C17, in the form RC11
gives to it: even if another thread's store comes between, where the standards end the sequence. So there, and only
there, a pass is one for RC11 and not for the standards' letter.

Not covered: load buffering, since a thread takes its steps in the order of its text; seq_cst, to be written acq_rel,
which is weaker: a pass is a pass, but "needs seq_cst" cannot be told from "is wrong"; consume; accesses of mixed sizes;
compare-and-swap that fails, and sleep that ends, for no reason; fairness: a thread may read an old value for ever, so a
deadlock is a state without a next step and nothing else. A flaw that is found is a flaw; no flaw says nothing about
more threads, a compiler or a processor. A program must store only finitely often, or its states do not end.

The parts: `ordering` (operations), `state` and `machine` (the model), `language` (threads as text), `search` with
`symmetry`, `trace` (a run drawn), `lowering` (a protocol's own text as operations). What is asked: `subjects` (which
protocols, which sites), `programs` (who calls what), `assignments` and `requirements` (what passes, what is minimal,
what each weakening breaks) with the answer in `minima`, and `hazards`, which no ordering repairs.
"""
