"""A real Redis for tests, on a free port, that keeps nothing."""

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.requiring import require

PATIENCE = 10.0


class RedisServer:
    """One server, which can be ended and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port: int = free.getsockname()[1]

    @property
    def address(self) -> str:
        """Where it is: ``redis://127.0.0.1:…``."""
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it, and return when it answers."""
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(self._port), "--bind", "127.0.0.1", "--save", ""],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
        )
        give_up_at = time.monotonic() + PATIENCE
        while not self._answers():
            if time.monotonic() > give_up_at or self._process.poll() is not None:
                raise RuntimeError(f"redis-server does not answer on port {self._port}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it; what it held is gone."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)
            self._process = None

    def keys(self, pattern: str) -> list[str]:
        """List the keys it holds."""
        listed = subprocess.run(
            ["redis-cli", "-p", str(self._port), "--raw", "KEYS", pattern],
            capture_output=True,
            text=True,
            check=True,
        )
        return listed.stdout.split()

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), 1) as asking:
                asking.sendall(b"PING\r\n")
                return asking.recv(16).startswith(b"+PONG")
        except OSError:
            return False


@contextlib.contextmanager
def redis_server(folder: Path) -> Iterator[RedisServer]:
    """Run a server until the block ends, or skip the test where there is none to run."""
    found = shutil.which("redis-server")
    require("redis", present=found is not None, why="no redis-server on the PATH")
    server = RedisServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
