"""Portfolio Sync: reconciles project lists and risk registers kept in SharePoint with one canonical model."""

__version__ = "0.1.0"
__portfolio_sync__ = True
