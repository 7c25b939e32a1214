/* {{ protocol.name }}: {{ protocol.sentence }}
   The program `{{ scenario.name }}`, {{ scenario.sentence }}: {{ threads | join(", ") }}.
   Printed from the protocol's own text, one action one step, each a d_step of the only process: so Spin stores each state
   of the protocol once, and one more, in which `init` has not yet set the first.
   Enums are their numbers, truth values 0 and 1. Every number of a state must be within -{{ limit }}..{{ limit }}: `set`
   asserts it. */

{% for kind, members in enums.items() %}
{% for name, number in members.items() %}
#define {{ kind }}_{{ name }} {{ number }}
{% endfor %}

{% endfor %}
{% for record in records %}
typedef {{ record.name }} {
{% for field in record.fields %}
  {{ field }};
{% endfor %}
};

{% endfor %}
/* What all threads see. */
{{ shared_type }} shared;

/* Of each thread: whether it has started, how many calls it has completed, their results, and its state. */
typedef Local {
  bool started;
  byte call;
  byte results[{{ most_calls }}];
  {{ thread_type }} thread
};

Local locals[{{ threads | length }}];

#define set(leaf, value) leaf = value; assert(-{{ limit }} <= leaf && leaf <= {{ limit }})

/* The client program: t begins the call after those that it has completed, if there is one. */
inline begin(t) {
  if
{% for client in clients %}
{% for call in client.calls %}
  :: ({{ client.condition }}) && locals[t].call == {{ loop.index0 }} ->
{% for leaf, value in call %}
     {{ leaf }} = {{ value }}{{ ";" if not loop.last }}
{% endfor %}
{% endfor %}
{% endfor %}
  :: else -> skip
  fi
}

/* What becomes of t after a step: a call that ends is followed at once by the next one.
   One that has panicked makes no further call. */
inline after(t) {
  locals[t].started = true;
  if
  :: locals[t].thread.result == Result_PENDING -> skip
  :: locals[t].thread.result == Result_PANICKED ->
     locals[t].call = 0;
{% for number in range(most_calls) %}
     locals[t].results[{{ number }}] = 0{{ ";" if not loop.last }}
{% endfor %}
  :: else ->
     locals[t].results[locals[t].call] = locals[t].thread.result;
     locals[t].call = locals[t].call + 1;
     begin(t)
  fi
}

/* The actions of the protocol: when t can take each, and what it does. */

#define halted ({{ halted }})

{% for action in actions %}
/* {{ action.sentence }} */
#define can_{{ action.name }}(t) (locals[t].thread.place == {{ action.place }}{{ ' && ' ~ action.guard if action.guard != 'true' }})

inline do_{{ action.name }}(t) {
  if
{% for case in action.cases %}
  :: {{ case.condition }} ->
{% for change in case.changes %}
     {{ change }}{{ ";" if not loop.last }}
{% else %}
     skip
{% endfor %}
{% endfor %}
  fi;
  after(t)
}

{% endfor %}
/* When threads may start, and what they do. */

#define finished(t) (locals[t].thread.result != Result_PENDING)
#define can(t) (!halted && ({% for action in actions %}can_{{ action.name }}(t){{ " || " if not loop.last }}{% endfor %}))
{% for number, condition in gated.items() %}
#define open_{{ number }} (locals[{{ number }}].started || ({{ condition }}))
{% endfor %}

init {
  d_step {
{% for leaf, value in initial %}
    {{ leaf }} = {{ value }};
{% endfor %}
{% for thread in threads %}
    locals[{{ loop.index0 }}].started = {{ "false" if loop.index0 in gated else "true" }};
    begin({{ loop.index0 }}){{ ";" if not loop.last }}
{% endfor %}
  }
end:
  do
{% for thread in threads %}
{% set number = loop.index0 %}
  /* {{ thread }} */
{% for action in actions %}
  :: d_step { !halted && {{ "open_%d && " % number if number in gated }}can_{{ action.name }}({{ number }}) -> do_{{ action.name }}({{ number }}) }
{% endfor %}
{% endfor %}
  od
}
