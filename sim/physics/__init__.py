"""The equations, as pure functions of floats: scaling, throughput, capability, labour, software."""
