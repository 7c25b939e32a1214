"""Pages for a browser: `play`, `schedule` (a run of real code) and `verify`, each with a template, style and script.

What they have in common is in `html`, `base.html` and `common`; what two of them show, in `shared`.
"""
