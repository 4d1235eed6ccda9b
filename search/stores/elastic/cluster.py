"""Requests to one cluster: patient where that helps, and with errors a person can act on."""

import contextlib
import json
import random
import time
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import elastic_transport
from elastic_transport import HttpHeaders, NodeConfig, Transport

from search.errors import StoreBusy, StoreError, StoreNotFound
from search.stores.elastic.address import API_KEY, CA, USER, Address, Credentials

BUSY: Final = frozenset({429, 500, 502, 503, 504})
"""Statuses that say: later."""

PATIENCE_SECONDS: Final = 10.0
"""How long a busy or absent cluster is asked again before `StoreBusy`."""

_TIMEOUT_SECONDS: Final = 60.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
_DENIED: Final = frozenset({401, 403})

Json = Any


class Refused(StoreError):
    """The cluster understood a request and refused it."""

    def __init__(self, where: str, status: int, error: Mapping[str, Any] | str) -> None:
        self.status = status
        fault: Mapping[str, Any] = error if isinstance(error, Mapping) else {"reason": error}
        self.kind = str(fault.get("type", ""))
        self.reason = str(fault.get("reason", ""))
        causes = fault.get("root_cause") or ()
        cause = causes[0].get("reason", "") if causes else ""
        self.words = f"{self.reason} {cause} {json.dumps(fault.get('caused_by', ''))}"
        super().__init__(where, f"HTTP {status}: {self.kind}: {self.reason}")


class Denied(StoreError):
    """The cluster does not know us, or does not allow us this."""


class Pauses:
    """Longer and longer pauses, each a little different, until patience ends."""

    def __init__(self, seconds: float) -> None:
        self._give_up_at = time.monotonic() + seconds
        self._pause = _FIRST_PAUSE
        self._has_rested = False

    def rest(self) -> bool:
        """
        Sleep; ``False`` at once when there is no time left.

        There is time once at least: who waited long for an answer must look what became of it.
        """
        pause = self._pause * random.uniform(0.5, 1.5)  # noqa: S311 - jitter
        if self._has_rested and time.monotonic() + pause > self._give_up_at:
            return False
        self._has_rested = True
        time.sleep(pause)
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        return True


class Cluster:
    """
    One cluster, which any number of threads may ask.

    Plain JSON, without a version asked for, is what servers of 8.x and 9.x both understand; so
    this stands on Elastic's transport and not on the client, which fits one major version.
    """

    def __init__(
        self,
        address: Address,
        credentials: Credentials | None = None,
        *,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self.address = address
        self.patience = patience
        node = _node(address, credentials or Credentials.from_environment())
        json_reader = {"application/json": _Reader()}
        self._transport = Transport(
            [node], max_retries=0, meta_header=False, serializers=json_reader
        )

    @property
    def name(self) -> str:
        """The address, for messages."""
        return str(self.address)

    def ask(  # noqa: PLR0913 - keyword-only, and a request is one thing
        self,
        method: str,
        path: str,
        body: Json = None,
        *,
        missing: Json = None,
        seconds: float = _TIMEOUT_SECONDS,
        patience: float | None = None,
    ) -> Json:
        """
        Send a request that may be repeated without harm, and return the answer.

        ``missing`` is returned where there is no such thing (404) unless it is ``None``. Raises
        `Refused`, `StoreBusy` when the cluster stays busy or silent, and `StoreError` when it
        does not know us.
        """
        pauses = Pauses(self.patience if patience is None else patience)
        while True:
            try:
                return self.send(method, path, body, missing=missing, seconds=seconds)
            except StoreBusy:
                if not pauses.rest():
                    raise

    def send(
        self,
        method: str,
        path: str,
        body: Json = None,
        *,
        missing: Json = None,
        seconds: float = _TIMEOUT_SECONDS,
    ) -> Json:
        """Send a request once; see `ask`. After `StoreBusy` it may have had its effect or not."""
        kind = "application/x-ndjson" if isinstance(body, bytes) else "application/json"
        headers = {"accept": "application/json"}
        if body is not None:
            headers["content-type"] = kind
        try:
            answer = self._transport.perform_request(
                method, path, body=body, headers=headers, request_timeout=seconds
            )
        except elastic_transport.TlsError as error:
            if "certificate" not in error.message.lower():
                raise StoreBusy(self.name, f"no connection: {error.message}") from error
            problem = f"its certificate is not trusted ({error.message}): see {CA}"
            raise StoreError(self.name, problem) from error
        except (elastic_transport.ConnectionError, elastic_transport.ConnectionTimeout) as error:
            raise StoreBusy(
                self.name, f"Elasticsearch does not answer: {error.message}"
            ) from error
        except elastic_transport.SerializationError as error:
            raise StoreError(self.name, "this is no Elasticsearch: no JSON answer") from error
        return self._read(answer.meta.status, answer.body, missing)

    def refresh(self, index: str) -> None:
        """Make what was written findable now; who may not ask for that waits five seconds."""
        with contextlib.suppress(Denied):
            self.ask("POST", in_path(index, "_refresh"))

    def close(self) -> None:
        """Let go of the connections."""
        self._transport.close()

    def _read(self, status: int, body: Json, missing: Json) -> Json:
        if status < 300:
            if not isinstance(body, dict):
                raise StoreError(self.name, "this is no Elasticsearch: no JSON answer")
            return body
        if status == 404 and missing is not None:
            return missing
        error = body.get("error", body) if isinstance(body, Mapping) else str(body)[:200]
        raise self.refusal(Refused(self.name, status, error))

    def refusal(self, refused: Refused) -> StoreError:
        """Return the error that says what can be done about an answer."""
        if refused.status in BUSY or "cluster_block_exception" in refused.kind:
            return StoreBusy(self.name, f"Elasticsearch is busy: {refused.problem}")
        if refused.status in _DENIED:
            advice = f"set {API_KEY}, or {USER}; docs/elasticsearch.md says what a key must allow"
            return Denied(self.name, f"Elasticsearch refuses us ({refused.problem}): {advice}")
        if refused.kind == "index_not_found_exception":
            advice = "`sayso store init` makes what is missing"
            return StoreNotFound(self.name, f"{refused.reason}: {advice}")
        return refused


class _Reader(elastic_transport.JsonSerializer):
    """Reads JSON; anything else is ``None``, so that the status of an answer still counts."""

    def loads(self, data: bytes) -> Json:
        """Read an answer."""
        try:
            return super().loads(data)
        except elastic_transport.SerializationError:
            return None


def in_path(*steps: str) -> str:
    """Join and quote the steps of a path."""
    return "".join(f"/{quote(step, safe=',*@')}" for step in steps)


def _node(address: Address, credentials: Credentials) -> NodeConfig:
    headers = HttpHeaders({"user-agent": "sayso"})
    if credentials.api_key:
        headers["authorization"] = f"ApiKey {credentials.api_key}"
    elif credentials.user and credentials.password:
        login = f"{credentials.user}:{credentials.password}"
        headers["authorization"] = f"Basic {b64encode(login.encode()).decode()}"
    is_safe = address.scheme == "https"
    return NodeConfig(
        address.scheme,
        address.host,
        address.port,
        path_prefix=address.path,
        headers=headers,
        ca_certs=credentials.ca_file if is_safe else None,
        verify_certs=True if is_safe else None,
    )
