{{ "-" * 16 }} MODULE {{ name }} {{ "-" * 16 }}
\* {{ protocol.name }}: {{ protocol.sentence }}
\* The program `{{ scenario.name }}`, {{ scenario.sentence }}: {{ threads | join(", ") }}.
\* Printed from the protocol's own text, one action one step: TLC finds each state of the protocol once.
\* It is checked with -deadlock, for programs end, and this configuration:
{% for line in configuration %}
\*   {{ line }}
{% endfor %}
\* Enums are their numbers, truth values 0 and 1. Every number of a state must be within Numbers: Bounded says so.
\* What is written TRUE = (...) contains a disjunction, for each part of which TLC would else take the step again.
EXTENDS Integers, Sequences

{% for kind, members in enums.items() %}
{% for name, number in members.items() %}
{{ kind }}_{{ name }} == {{ number }}
{% endfor %}

{% endfor %}
Numbers == -{{ limit }}..{{ limit }}

(* The client program: for each thread, the state in which it begins each of its calls. *)

Threads == { {{- threads | join(", ") -}} }

Calls == [t \in Threads |->
  CASE {% for client in clients %}t \in { {{- client.threads | join(", ") -}} } ->
         << {{ client.calls | join(",\n            ") }} >>{% if not loop.last %}

    [] {% endif %}{% endfor %}]

VARIABLES
  shared, \* what all threads see
  locals  \* of each thread: whether it has started, how many calls it has completed, their results, and its state

Init ==
  /\ shared = {{ initial }}
  /\ locals = [t \in Threads |->
       [started |-> t \notin { {{- gated | map(attribute="thread") | join(", ") -}} },
        call |-> 0, thread |-> Calls[t][1], results |-> <<>>]]

\* What becomes of t as its call goes on to the state `thread`; a call that ends is followed at once by the next one.
\* One that has panicked makes no further call.
After(t, thread) ==
  CASE thread.result = Result_PENDING -> [locals[t] EXCEPT !.started = TRUE, !.thread = thread]
    [] thread.result = Result_PANICKED -> [started |-> TRUE, call |-> 0, thread |-> thread, results |-> <<>>]
    [] OTHER ->
         LET completed == locals[t].call + 1 IN
         [started |-> TRUE, call |-> completed,
          thread |-> IF completed < Len(Calls[t]) THEN Calls[t][completed + 1] ELSE thread,
          results |-> Append(locals[t].results, thread.result)]

(* The actions of the protocol: when t can take each, and what it does. *)

Halted == {{ halted }}

{% for action in actions %}
\* {{ action.sentence }}
Can_{{ action.name }}(t) ==
  LET thread == locals[t].thread IN
  thread.place = {{ action.place }}{{ " /\\ (" ~ action.guard ~ ")" if action.guard != "TRUE" }}

{{ action.name }}(t) ==
  LET thread == locals[t].thread IN
  /\ Can_{{ action.name }}(t)
{% for case in action.cases %}
  {{ "/\\" if loop.first else "  " }} \/ /\ {{ case.condition ~ "\n        /\\ " if case.condition != "TRUE" }}shared' = {{ case.shared }}
        /\ locals' = [locals EXCEPT ![t] = After(t, {{ case.thread }})]
{% endfor %}

{% endfor %}
(* When threads may start, and what they do. *)

Finished(t) == locals[t].thread.result # Result_PENDING

Can(t) == ~Halted /\ ({% for action in actions %}Can_{{ action.name }}(t){{ " \\/ " if not loop.last }}{% endfor %})

{% for start in gated %}
\* Whether {{ start.thread }} has started, or may start.
Open_{{ start.number }} == TRUE = (locals[{{ start.thread }}].started \/ ({{ start.condition }}))
{% endfor %}
Open(t) == {% for start in gated %}(t = {{ start.thread }} => Open_{{ start.number }}){{ " /\\ " if not loop.last }}{% else %}TRUE{% endfor %}


Next == \E t \in Threads: Open(t) /\ ~Halted /\ ({% for action in actions %}{{ action.name }}(t){{ " \\/ " if not loop.last }}{% endfor %})

Spec == Init /\ [][Next]_<<shared, locals>>

Bounded ==
{% for leaf in bounded.shared %}
  /\ {{ leaf }} \in Numbers
{% endfor %}
  /\ \A t \in Threads: LET thread == locals[t].thread IN
{% for leaf in bounded.thread %}
       /\ {{ leaf }} \in Numbers
{% endfor %}
{{ "=" * 60 }}
