"""
Importing saved objects into a running Kibana.

Kibana answers 200 even when it refuses every object, so that only its words count. No message
holds a password or a key, and neither is sent where others could read it.
"""

import base64
import dataclasses
import http.client
import ipaddress
import re
import ssl
import uuid
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from search.errors import SaysoError
from search.kibana.answers import Answer, Imported, Installed, plain, read_answer, read_json

__all__ = ["Imported", "Installed", "KibanaError", "install"]

SECONDS: Final = 60.0
"""How long Kibana may be silent: an import of a few dozen objects takes it a few seconds."""
_LONGEST_ANSWER: Final = 10_000_000


class KibanaError(SaysoError):
    """
    Kibana cannot be reached, or has refused some or all of the objects.

    ``failures`` has a sentence for each refused object, ``installed`` is what it took all the
    same; without an import both are empty.
    """

    def __init__(
        self, problem: str, *, failures: tuple[str, ...] = (), installed: Installed | None = None
    ) -> None:
        self.failures = failures
        self.installed = installed or Installed()
        super().__init__("\n- ".join((problem, *failures)))


def install(
    url: str,
    ndjson: bytes,
    *,
    space: str | None = None,
    api_key: str | None = None,
    seconds: float = SECONDS,
) -> Installed:
    """
    Import saved objects, replacing those with the same ids, and say what was new and what not.

    ``url`` is where a browser finds Kibana, perhaps with ``user:password@``; ``api_key`` is the
    encoded form that Kibana shows when it makes one. Anything but full success is a
    `KibanaError`.
    """
    kibana = _find(url, space, api_key, seconds)
    status, headers, body = _post(kibana, ndjson)
    if status != http.client.OK:
        raise KibanaError(kibana.hide(_refusal(kibana, status, headers, body)))
    answer = read_answer(body)
    if answer is None:
        raise KibanaError(f"{kibana.shown} answers, but not as Kibana does: is it the address?")
    return _judge(kibana, answer, sent=len(ndjson.splitlines()))


def _judge(kibana: "_Kibana", answer: Answer, *, sent: int) -> Installed:
    """Believe in success only when every object is accounted for."""
    if answer.success and not answer.failures and answer.count >= sent:
        return answer.installed
    raise KibanaError(
        f"Kibana at {kibana.shown} took {answer.count} of {sent} objects",
        failures=tuple(kibana.hide(failure) for failure in answer.failures),
        installed=answer.installed,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Kibana:
    """Where Kibana is and how to get in."""

    secure: bool
    host: str
    port: int
    path: str
    shown: str
    """The address without user and password."""
    authorization: str | None = dataclasses.field(repr=False)
    secrets: tuple[str, ...] = dataclasses.field(repr=False)
    seconds: float

    def hide(self, text: str) -> str:
        """Take secrets out of what Kibana said, should it repeat them."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text


def _find(url: str, space: str | None, api_key: str | None, seconds: float) -> _Kibana:
    """Check everything that can be checked before anything is sent."""
    parts, port = _split(url)
    host = parts.hostname or ""
    shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
    if space is not None and not re.fullmatch(r"[a-z0-9_-]+", space):
        raise KibanaError(
            f"{plain(space)!r} is no name of a space: small letters, digits, - and _ only"
        )
    authorization, secrets = _authorize(parts, api_key)
    secure = parts.scheme == "https"
    if authorization and not secure and not _is_this_machine(host):
        raise KibanaError(f"{shown} is not encrypted: a key or password goes to https:// only")
    prefix = f"{parts.path.rstrip('/')}{f'/s/{space}' if space else ''}"
    path = f"{prefix}/api/saved_objects/_import?overwrite=true"
    return _Kibana(secure, host, port, path, shown, authorization, secrets, seconds)


def _split(url: str) -> tuple[SplitResult, int]:
    """Take an address apart; what is wrong with it is said without showing it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise KibanaError("the address of Kibana cannot be read: is its port a number?") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise KibanaError("the address of Kibana must be like https://kibana.example:5601")
    if parts.query or parts.fragment or not url.isascii() or not url.isprintable() or " " in url:
        raise KibanaError(
            "the address of Kibana must end with its path, without ? and #, and in plain ASCII"
        )
    # http.client would look for a missing port inside an IPv6 address.
    return parts, port or (443 if parts.scheme == "https" else 80)


def _authorize(parts: SplitResult, api_key: str | None) -> tuple[str | None, tuple[str, ...]]:
    """Choose the header that lets us in, and list what no message may show."""
    if api_key is not None and parts.username is not None:
        raise KibanaError("give an API key or a user with a password, not both")
    if api_key is not None:
        if not re.fullmatch(r"[A-Za-z0-9+/_=-]+", api_key):
            raise KibanaError("the API key is not in its encoded form: one word of base64")
        return f"ApiKey {api_key}", (api_key,)
    if parts.username is None:
        return None, ()
    password = unquote(parts.password or "")
    login = f"{unquote(parts.username)}:{password}".encode()
    token = base64.b64encode(login).decode()
    secrets = {token, password, parts.password or ""} - {""}
    return f"Basic {token}", tuple(sorted(secrets, key=len, reverse=True))


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _post(kibana: _Kibana, ndjson: bytes) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Send the file as a form does; redirects are not followed, for they would take the key."""
    boundary = f"sayso-{uuid.uuid4().hex}"
    headers = {"kbn-xsrf": "true", "Content-Type": f"multipart/form-data; boundary={boundary}"}
    if kibana.authorization:
        headers["Authorization"] = kibana.authorization
    kind = http.client.HTTPSConnection if kibana.secure else http.client.HTTPConnection
    connection = kind(kibana.host, kibana.port, timeout=kibana.seconds)
    try:
        connection.request("POST", kibana.path, _form(boundary, ndjson), headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read(_LONGEST_ANSWER)
    except (OSError, http.client.HTTPException) as error:
        raise KibanaError(_failure(kibana, error)) from None
    finally:
        connection.close()


def _form(boundary: str, ndjson: bytes) -> bytes:
    """Wrap the file: the end of its name decides whether Kibana reads it."""
    head = (
        f"--{boundary}\r\n"
        'Content-Disposition: form-data; name="file"; filename="sayso.ndjson"\r\n'
        "Content-Type: application/ndjson\r\n\r\n"
    )
    return head.encode() + ndjson + f"\r\n--{boundary}--\r\n".encode()


def _failure(kibana: _Kibana, error: Exception) -> str:
    """Say why there was no answer."""
    if isinstance(error, TimeoutError):
        return f"{kibana.shown} gave no answer within {kibana.seconds:g} seconds"
    if isinstance(error, ssl.SSLCertVerificationError):
        why = error.verify_message
        return f"the certificate of {kibana.shown} is not trusted ({why}): see SSL_CERT_FILE"
    if isinstance(error, http.client.HTTPException | ssl.SSLError):
        return f"{kibana.shown} does not answer as a web server does: is http or https wrong?"
    why = getattr(error, "strerror", None) or type(error).__name__
    return f"{kibana.shown} cannot be reached: {why}"


_REFUSALS: Final = {
    401: "does not accept the API key or password, or wants one",
    403: "does not allow this key or user to import saved objects into this space",
    404: "has no saved objects there: is the address Kibana's, and does the space exist?",
    413: "finds the file too large (savedObjects.maxImportPayloadBytes)",
    503: "is not ready yet: try again in a minute",
}


def _refusal(kibana: _Kibana, status: int, headers: http.client.HTTPMessage, body: bytes) -> str:
    """Turn a status into a sentence, with Kibana's own reason after it."""
    if 300 <= status < 400:
        # The new place may be another machine: only the person who knows it can say so.
        return f"{kibana.shown} has moved to {plain(headers.get('Location', 'nowhere'))}"
    known = _REFUSALS.get(status, f"answers with status {status}")
    reason = plain(read_json(body).get("message") or "")
    return f"{kibana.shown} {known}{f' ({reason})' if reason else ''}"
