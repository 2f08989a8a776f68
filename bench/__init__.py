"""Measures of speed and cost. Nothing here is asserted: numbers belong to the machine they were taken on."""
