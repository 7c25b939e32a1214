"""The kit for other implementations: test vectors, a protocol for drivers in any language, and recorded histories.

Everything that is expected of an implementation is computed: a case is a client program of the spec, and what may come
of it is what the contract, explored exhaustively, says. What Go does instead is what its protocol says.
"""
