"""The outside world, simulated: Azure, Entra, Kubernetes and Anyscale, as far as the real engine can tell."""
