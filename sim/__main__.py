"""`python -m sim` is `sim`."""

if __name__ == "__main__":
    try:
        from sim.cli import main

        raise SystemExit(main())
    except KeyboardInterrupt:  # before the command line took over, or on its way out
        raise SystemExit(130) from None
