"""The composition root: wires adapters to ports, mints authority, and hands both to the pipeline."""
