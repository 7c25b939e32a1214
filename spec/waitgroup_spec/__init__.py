"""What a WaitGroup is: the packed word, the contract, the protocols, their properties, and the model explorer."""
