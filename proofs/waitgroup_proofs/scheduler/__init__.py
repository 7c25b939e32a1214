"""The deterministic scheduler: real code, every interleaving up to a bound, held against the contract and `strict`."""
