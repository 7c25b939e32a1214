"""What is claimed of the WaitGroup, and the engines that check each claim."""
