"""Settings of the process and the portfolio file."""

__portfolio_sync__ = True
