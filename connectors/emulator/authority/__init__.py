"""A sign-in authority as Entra is one: applications, people and machines get tokens here that SharePoint believes."""
