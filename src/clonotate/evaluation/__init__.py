"""How good a policy is: given the true history, and left to itself."""
