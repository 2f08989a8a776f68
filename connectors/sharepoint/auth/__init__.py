"""Signing in: a token for one host.

    certificate         an application that runs by itself            certificate.py
    managed-identity    the identity Azure gives a machine            managed_identity.py
    device-code         a person, with a code typed in elsewhere      device_code.py, person.py, token_file.py
    interactive         a person, in this machine's browser           interactive.py, person.py, token_file.py
    emulator            the embedded SharePoint, on loopback          sign_in.py

What the sign-in service answers is understood in one place (answers.py).
"""

from connectors.sharepoint.auth.certificate import CertificateSignIn
from connectors.sharepoint.auth.device_code import DeviceCodeSignIn
from connectors.sharepoint.auth.interactive import InteractiveSignIn
from connectors.sharepoint.auth.make import make_sign_in, refuse
from connectors.sharepoint.auth.managed_identity import ManagedIdentitySignIn
from connectors.sharepoint.auth.person import Person
from connectors.sharepoint.auth.sign_in import AUTHORITY, EmulatorSignIn, SignIn

__all__ = [
    "AUTHORITY",
    "CertificateSignIn",
    "DeviceCodeSignIn",
    "EmulatorSignIn",
    "InteractiveSignIn",
    "ManagedIdentitySignIn",
    "Person",
    "SignIn",
    "make_sign_in",
    "refuse",
]
