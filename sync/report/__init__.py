"""The run report and the portfolio, rendered for people."""
