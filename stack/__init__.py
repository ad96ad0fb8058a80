"""What a stack file means: settings, and what follows from them without a cloud."""
