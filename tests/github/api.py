"""A stand-in for GitHub's API on loopback: comments, issues and merged pull requests of one repository."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

BOT = {"login": "github-actions[bot]"}


@dataclass
class Repository:
    """What the API holds; `may_write` is what the job's token may."""

    url: str = ""
    may_write: bool = True
    comments: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    merged: dict[str, int] = field(default_factory=dict)
    """Numbers of pull requests by the SHA of their merge."""

    def answer(self, method: str, path: str, body: Any) -> tuple[int, object]:
        """Status and document of an answer."""
        parts = path.split("?")[0].removeprefix("/repos/team/shop/").split("/")
        if method != "GET" and not self.may_write:
            return 403, {"message": "Resource not accessible by integration"}
        match method, parts:
            case "GET", ["commits", sha, "pulls"]:
                number = self.merged.get(sha)
                return 200, [] if number is None else [{"number": number, "merged_at": "2026-01-01T00:00:00Z"}]
            case "GET", ["issues", number, "comments"]:
                return 200, [one for one in self.comments if one["on"] == int(number)]
            case "POST", ["issues", number, "comments"]:
                self.comments.append({"id": len(self.comments) + 1, "on": int(number), "user": BOT, **body})
            case "PATCH", ["issues", "comments", number]:
                self.comments[int(number) - 1] |= body
            case "GET", ["issues"]:
                return 200, [one for one in self.issues if one["state"] == "open"]
            case "POST", ["issues"]:
                self.issues.append({"number": len(self.issues) + 1, "user": BOT, "state": "open", **body})
            case "PATCH", ["issues", number]:
                self.issues[int(number) - 1] |= body
            case _:
                return 404, {"message": "Not Found"}
        return 200, {}


@contextmanager
def served() -> Iterator[Repository]:
    """The API of an empty repository while the block lasts."""
    repository = Repository()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            assert self.headers["Authorization"] == "Bearer job-token"
            status, document = repository.answer(self.command, self.path, json.loads(body or b"{}"))
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = _answer

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    repository.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield repository
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
