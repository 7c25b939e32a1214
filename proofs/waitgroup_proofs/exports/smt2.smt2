; {{ protocol.name }}: {{ protocol.sentence }}
; The transition relation, printed from the protocol's own text, one action one step: of an action NAME,
; (do-NAME shared thread shared.after thread.after) is true of its steps; (step ...) of the steps of all.
; Enums are their numbers, truth values 0 and 1; integers have no bounds, and what wraps is written so.
(set-info :smt-lib-version 2.6)
(set-logic ALL)
{% for kind, members in enums.items() %}

{% for name, number in members.items() %}
(define-fun {{ kind }}.{{ name }} () Int {{ number }})
{% endfor %}
{% endfor %}

(declare-datatypes ({% for kind in records %}({{ kind.name }} 0){{ " " if not loop.last }}{% endfor %}) (
{% for kind in records %}
  (({{ kind.name }}{% for field, sort in kind.fields %} ({{ kind.name }}.{{ field }} {{ sort }}){% endfor %}))
{% endfor %}
))

; The shared state with so many units of outstanding work and nobody calling.
(define-fun initial ((units Int)) {{ shared }}
  {{ initial }})

; The threads that begin calls.
{% for call in calls %}
(define-fun begin-{{ call.name }} ({{ call.arguments }}) {{ thread }}
  {{ call.thread }})
{% endfor %}

; No thread takes another step.
(define-fun halted ((shared {{ shared }})) Bool
{{ halted }})
{% for action in actions %}

; {{ action.sentence }}
(define-fun can-{{ action.name }} ((shared {{ shared }}) (thread {{ thread }})) Bool
{{ action.able }})
(define-fun do-{{ action.name }}
    ((shared {{ shared }}) (thread {{ thread }}) (shared.after {{ shared }}) (thread.after {{ thread }})) Bool
{{ action.does }})
{% endfor %}

; Any action.
(define-fun step
    ((shared {{ shared }}) (thread {{ thread }}) (shared.after {{ shared }}) (thread.after {{ thread }})) Bool
  (and (not (halted shared))
    (or
{% for action in actions %}
      (do-{{ action.name }} shared thread shared.after thread.after)
{% endfor %}
    )))
