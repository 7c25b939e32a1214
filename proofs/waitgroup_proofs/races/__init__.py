"""Data races in programs that use Go's WaitGroup: vector clocks over every interleaving of the protocol `go`."""
