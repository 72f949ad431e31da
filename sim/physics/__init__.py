"""The equations as pure functions of floats."""
