"""The simulation: shipped services and adapters over an AWS and a processor in this process."""
