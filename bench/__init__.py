"""Speed and size of the program, as ratios within one run: machines differ and are noisy."""
