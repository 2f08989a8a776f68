"""The pure heart: no clock, no input or output, no logging; today and the calendar are arguments."""
