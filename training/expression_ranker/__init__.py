"""Trains the weights from which the calculator's proposals come."""
