"""How results are shown to people: as text, in tables and in sentences. For browsers there is `pages`."""
