"""What Portfolio Sync talks to: SharePoint, the embedded SharePoint, and a list store in memory for tests."""

__portfolio_sync__ = True
