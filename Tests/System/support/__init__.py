"""What the system tests share: the running stack, the contract, the template."""
