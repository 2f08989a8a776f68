"""The refusals of the sign-in service, as values: one factory a case, each with Entra's own number.

Sentences are Entra's in substance; those whose exact words are not on record are close to them.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class SignInRefused(Exception):  # noqa: N818 - an answer, not a failure
    """An answer that is a refusal: OAuth's word for it, Entra's number, and the sentence. Never what was sent."""

    error: str
    number: int
    sentence: str
    status: int = 400


def _client(number: int, sentence: str) -> SignInRefused:
    return SignInRefused("invalid_client", number, sentence, 401)


def malformed() -> SignInRefused:
    """A body or a query that cannot be read."""
    return SignInRefused("invalid_request", 9002313, "Invalid request. Request is malformed or invalid.")


def parameter_missing(name: str) -> SignInRefused:
    """A parameter that is needed and not there."""
    text = f"The request body must contain the following parameter: '{name}'."
    return SignInRefused("invalid_request", 900144, text)


def grant_unsupported() -> SignInRefused:
    """A grant that is not offered, user name and password among them."""
    return SignInRefused("unsupported_grant_type", 70003, "The app requested an unsupported grant type.")


def tenant_unknown(tenant: str) -> SignInRefused:
    """A tenant that is not this one; what is not even a name or an id is told apart."""
    if tenant.replace("-", "").strip("0") == "" and len(tenant) == 36:
        text = f"Requested tenant identifier '{tenant}' is not valid. Tenant identifiers may not be an empty GUID."
        return SignInRefused("invalid_request", 900021, text)
    if "." not in tenant and tenant.count("-") != 4:
        text = f"Specified tenant identifier '{tenant}' is neither a valid DNS name, nor a valid external domain."
        return SignInRefused("invalid_request", 900023, text)
    text = (
        f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the "
        "correct cloud. Check with your subscription administrator, this may happen if there are no active "
        "subscriptions for the tenant."
    )
    return SignInRefused("invalid_request", 90002, text)


def app_unknown(app: str, tenant: str) -> SignInRefused:
    """An application that is not registered here."""
    text = (
        f"Application with identifier '{app}' was not found in the directory '{tenant}'. This can happen if the "
        "application has not been installed by the administrator of the tenant or consented to by any user in the "
        "tenant. You may have sent your authentication request to the wrong tenant."
    )
    return SignInRefused("unauthorized_client", 700016, text)


def app_disabled(app: str, name: str) -> SignInRefused:
    """An application that has been switched off."""
    return SignInRefused("unauthorized_client", 7000112, f"Application '{app}'({name}) is disabled.")


def blocked_by_policy() -> SignInRefused:
    """A Conditional Access policy that blocks the application from where it asks."""
    text = "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."
    return SignInRefused("access_denied", 53003, text)


def resource_unknown(resource: str, tenant: str) -> SignInRefused:
    """A resource that the tenant does not have."""
    text = (
        f"The resource principal named {resource} was not found in the tenant named {tenant}. This can happen if the "
        "application has not been installed by the administrator of the tenant or consented to by any user in the "
        "tenant. You might have sent your authentication request to the wrong tenant."
    )
    return SignInRefused("invalid_resource", 500011, text)


def scope_invalid(scope: str) -> SignInRefused:
    """A scope that names no resource, or more than one."""
    text = (
        "The provided request must include a 'scope' input parameter. The provided value for the input parameter "
        f"'scope' is not valid. The scope {scope} is not valid."
    )
    return SignInRefused("invalid_scope", 70011, text)


def default_scope_needed(scope: str) -> SignInRefused:
    """An application that asks for single permissions instead of those it was given."""
    text = (
        f"The provided value for scope {scope} is not valid. Client credential flows must have a scope value with "
        "/.default suffixed to the resource identifier (application ID URI)."
    )
    return SignInRefused("invalid_scope", 1002012, text)


def consent_missing(app: str, name: str) -> SignInRefused:
    """A delegated permission that nobody consented to for the application."""
    text = (
        f"The user or administrator has not consented to use the application with ID '{app}' named '{name}'. "
        "Send an interactive authorization request for this user and resource."
    )
    return SignInRefused("invalid_grant", 65001, text)


# How an application proves itself


def proof_missing() -> SignInRefused:
    """A confidential application that proves nothing."""
    text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
    return _client(7000218, text)


def public_app() -> SignInRefused:
    """A public application that behaves like a confidential one."""
    return _client(700025, "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.")


def secret_wrong(app: str) -> SignInRefused:
    """A secret that is not the application's."""
    text = (
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not "
        f"the client secret ID, for a secret added to app '{app}'."
    )
    return _client(7000215, text)


def certificate_unknown(thumbprint: str) -> SignInRefused:
    """A certificate that is not registered for the application."""
    text = (
        "The certificate with identifier used to sign the client assertion is not registered on application. "
        f"[Reason - The key was not found., Thumbprint of key used by client: '{thumbprint}']"
    )
    return _client(700027, text)


def certificate_expired(thumbprint: str) -> SignInRefused:
    """A registered certificate whose time is over, or has not come."""
    text = (
        "Client assertion contains an invalid signature. [Reason - The key used is expired., Thumbprint of key used by "
        f"client: '{thumbprint}']"
    )
    return _client(700027, text)


def signature_wrong(thumbprint: str) -> SignInRefused:
    """An assertion that the registered certificate's key did not sign."""
    text = (
        "Client assertion failed signature validation. [Reason - The key was found, but use of the key to verify the "
        f"signature failed., Thumbprint of key used by client: '{thumbprint}']"
    )
    return _client(700027, text)


def assertion_malformed() -> SignInRefused:
    """An assertion that is not a signed token in one of the forms that are taken."""
    return _client(50027, "JWT token is invalid or malformed.")


def assertion_of_another(claim: str) -> SignInRefused:
    """An assertion whose issuer or subject is not the application that sends it."""
    if claim == "aud":
        return _client(700023, "Client assertion audience claim does not match Realm issuer.")
    return _client(700021, "Client assertion application identifier doesn't match 'client_id' parameter.")


def assertion_out_of_time() -> SignInRefused:
    """An assertion that is too old, too new, or good for too long."""
    return _client(700024, "Client assertion is not within its valid time range.")


def assertion_replayed() -> SignInRefused:
    """An identifier that has been used for another assertion."""
    return _client(50013, "Assertion failed replay validation: its identifier has been used for another assertion.")


# What a person has to do


def authorization_pending() -> SignInRefused:
    """The person has not entered the code yet."""
    text = "OAuth 2.0 device flow error. Authorization is pending. Continue polling."
    return SignInRefused("authorization_pending", 70016, text)


def slow_down() -> SignInRefused:
    """The client asks again sooner than it was told."""
    return SignInRefused("slow_down", 70016, "Authorization is pending. Polling is too fast; wait five seconds longer.")


def authorization_declined() -> SignInRefused:
    """The person said no."""
    return SignInRefused("authorization_declined", 70017, "The end user denied the authorization request.")


def device_code_expired() -> SignInRefused:
    """Nobody entered the code in time."""
    text = "The provided value for the input parameter 'device_code' is not valid. This device code has expired."
    return SignInRefused("expired_token", 70020, text)


def device_code_unknown() -> SignInRefused:
    """A device code that was not given out, or has been redeemed."""
    text = "The provided value for the input parameter 'device_code' is not valid."
    return SignInRefused("bad_verification_code", 70018, text)


def declined() -> SignInRefused:
    """The person closed the sign-in page's door."""
    return SignInRefused("access_denied", 65004, "User declined to consent to access the app.")


def sign_in_needed() -> SignInRefused:
    """`prompt=none`, and nobody is signed in: nobody ever is."""
    return SignInRefused("login_required", 50058, "A silent sign-in request was sent but no user is signed in.")


def redirect_unknown(app: str) -> SignInRefused:
    """An address to go back to that is not the application's."""
    text = (
        "The redirect URI specified in the request does not match the redirect URIs configured for the application "
        f"'{app}'."
    )
    return SignInRefused("invalid_request", 50011, text)


def redirect_changed() -> SignInRefused:
    """A code redeemed with another address than it was asked for with."""
    text = "The reply address does not match the reply address provided when requesting Authorization code."
    return SignInRefused("invalid_grant", 500112, text)


def response_type_unsupported() -> SignInRefused:
    """Anything but a code."""
    text = "Only the response type 'code' is enabled for the application."
    return SignInRefused("unsupported_response_type", 700054, text)


def proof_key_needed() -> SignInRefused:
    """A code asked for without PKCE, or with a method weaker than S256."""
    text = "Proof Key for Code Exchange is required for authorization code redemption, with the method S256."
    return SignInRefused("invalid_request", 9002325, text)


def verifier_wrong() -> SignInRefused:
    """A verifier that does not belong to the code."""
    text = "The Code_Verifier does not match the code_challenge supplied in the authorization request."
    return SignInRefused("invalid_grant", 501481, text)


def code_unknown() -> SignInRefused:
    """A code that was not given out, or not to this application."""
    text = "The provided value for the 'code' parameter is not valid."
    return SignInRefused("invalid_grant", 70000, text)


def code_redeemed() -> SignInRefused:
    """A code used twice."""
    text = (
        "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh "
        "token."
    )
    return SignInRefused("invalid_grant", 54005, text)


def grant_expired() -> SignInRefused:
    """A code or a refresh token whose time is over."""
    text = "The provided authorization code or refresh token has expired due to inactivity."
    return SignInRefused("invalid_grant", 70008, text)


def grant_revoked() -> SignInRefused:
    """A refresh token that is unknown or was taken back."""
    text = "The provided grant has expired due to it being revoked, a fresh auth token is needed."
    return SignInRefused("invalid_grant", 50173, text)
