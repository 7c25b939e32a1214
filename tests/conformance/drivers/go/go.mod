module waitgroup/conformance

go 1.25
