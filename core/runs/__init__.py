"""What a training run is: its configuration, folder, state and records. Nothing here loads torch."""
