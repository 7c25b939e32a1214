"""WaitGroups as others build them, in the language of the protocols: right ones and wrong ones, a module each."""
