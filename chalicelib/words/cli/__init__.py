"""What only commands say: no function has a use for it, so that it is in no zip."""
