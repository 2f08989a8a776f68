"""The way of signing in that a connection names."""

from connectors.sharepoint.auth.certificate import CertificateSignIn
from connectors.sharepoint.auth.device_code import DeviceCodeSignIn
from connectors.sharepoint.auth.interactive import InteractiveSignIn
from connectors.sharepoint.auth.managed_identity import ManagedIdentitySignIn
from connectors.sharepoint.auth.person import Person
from connectors.sharepoint.auth.sign_in import AUTHORITY, EmulatorSignIn, SignIn
from connectors.sharepoint.settings import Transport
from sync.engine.targets import Auth
from sync.errors import ConfigurationError

_REFUSED = {
    "secret": "SharePoint refuses applications that sign in with a client secret.",
    "password": "Microsoft has ended sign-in with a user name and password for services.",
}
_ADVICE = "Give the application a certificate and set `auth: certificate`, or set `auth: managed-identity` on Azure."


def make_sign_in(
    auth: str,
    host: str,
    *,
    tenant: str | None = None,
    client_id: str | None = None,
    private_key: str | None = None,
    certificate: str | None = None,
    passphrase: str | None = None,
    authority: str = AUTHORITY,
    transport: Transport | None = None,
    person: Person | None = None,
) -> SignIn:
    """The way of signing in that a connection names; what cannot work is refused with the reason.

    `person` is needed, besides tenant and client id, by the ways that sign a person in.
    """
    network = transport or Transport()
    if auth == Auth.EMULATOR:
        return EmulatorSignIn(host)
    if auth == Auth.MANAGED_IDENTITY:
        return ManagedIdentitySignIn(host, client_id, network.session())
    if auth == Auth.CERTIFICATE:
        if not (tenant and client_id and private_key and certificate):
            raise _incomplete(
                host, tenant=tenant, client_id=client_id, private_key=private_key, certificate=certificate
            )
        session = network.session()
        return CertificateSignIn(host, tenant, client_id, private_key, certificate, passphrase, authority, session)
    if auth in (Auth.DEVICE_CODE, Auth.INTERACTIVE):
        if not (tenant and client_id and person):
            raise _incomplete(host, tenant=tenant, client_id=client_id, person=person)
        way = DeviceCodeSignIn if auth == Auth.DEVICE_CODE else InteractiveSignIn
        return way(host, tenant, client_id, person, authority, network.session())
    raise refuse(auth)


def _incomplete(host: str, **given: object) -> ConfigurationError:
    missing = ", ".join(name for name, value in given.items() if not value)
    return ConfigurationError(
        f"Signing in to {host} also needs: {missing}.",
        "Set them in the environment or in secret files, never in the portfolio file.",
    )


def refuse(auth: str) -> ConfigurationError:
    """Why a way of signing in is not offered."""
    return ConfigurationError(_REFUSED.get(auth, f"There is no way of signing in called `{auth}`."), _ADVICE)
