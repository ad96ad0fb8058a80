"""Gets `pulumi` and a Python language host on a machine that has none."""
