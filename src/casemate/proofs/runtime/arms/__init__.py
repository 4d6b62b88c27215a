"""What is armed beside audit events and probes, one file each: `arm(watch)` is called once, before the target is imported."""
