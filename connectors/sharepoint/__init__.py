"""Lists in SharePoint, spoken to over its REST interface and, for quiet writes, ProcessQuery.

`store.SharePointStore` implements the engine's `ListStore`. Everything that goes over the wire is built and decoded
here; of the client library only its context, transport and token callback are used.
"""
