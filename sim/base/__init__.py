"""Units, calendar, step functions and keyed random numbers: what every other layer stands on."""
