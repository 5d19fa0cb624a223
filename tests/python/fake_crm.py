"""HubSpot, Salesforce and a webhook in one local server, with their own request and answer shapes.

It misbehaves on demand: `faults` is what the next requests meet, `refused` are leads whose rows are
never taken.
"""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

STAMP = "2026-06-30T10:00:00.000Z"


@dataclass
class Fault:
    """What a request meets instead of an answer.

    `status` answers with an error, `drop` breaks the connection off, `hold` does not answer until
    `release`. With `after`, the request has done its work by then.
    """

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    message: str = "out of order"
    drop: bool = False
    hold: bool = False
    after: bool = False


class FakeCrm:
    """The server, and what it holds."""

    def __init__(self) -> None:
        self.hubspot: dict[str, dict[str, str]] = {}
        self.salesforce: dict[str, dict[str, str | None]] = {}
        self.webhook: dict[str, dict[str, Any]] = {}
        self.faults: deque[Fault | None] = deque()
        self.refused: dict[str, str] = {}
        # HubSpot answers 400 for the whole batch, or 207 with an error by row
        self.tells_rows = True
        # its results may lack the input's trace id, and have only the properties that were sent
        self.names_results = True
        self.echoes_token = False
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.jobs: dict[str, dict[str, Any]] = {}
        self.held = threading.Event()
        self.release = threading.Event()
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(self))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.release.set()
        self.server.shutdown()
        self.server.server_close()

    def answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, str, str]:
        """Return status, content type and body of the answer."""
        if "/crm/v3/objects/contacts/batch/" in path:
            return self.hubspot_answer(path.rsplit("/", 1)[1], headers, json.loads(body))
        if "/jobs/ingest" in path:
            return self.salesforce_answer(method, path.rstrip("/"), headers, body)
        return self.webhook_answer(headers, json.loads(body))

    # HubSpot

    def hubspot_answer(
        self, verb: str, headers: dict[str, str], body: dict
    ) -> tuple[int, str, str]:
        if headers.get("authorization") != "Bearer hubspot-secret":
            return hubspot_error(401, "INVALID_AUTHENTICATION", "credentials not found")
        inputs = body["inputs"]
        if len(inputs) > 100 or len({row["id"] for row in inputs}) < len(inputs):
            return hubspot_error(400, "VALIDATION_ERROR", "too many or doubled inputs")
        if not all(isinstance(v, str) for row in inputs for v in row["properties"].values()):
            return hubspot_error(400, "VALIDATION_ERROR", "every value is a text")
        words = self.refused
        if self.echoes_token:
            words = {lead: f"{text} {headers['authorization']}" for lead, text in words.items()}
        bad = [row for row in inputs if row["id"] in words]
        if bad and not self.tells_rows:
            return hubspot_error(400, "VALIDATION_ERROR", words[bad[0]["id"]])
        results, errors = [], []
        for row in inputs:
            assert row["idProperty"] == "lead_id"
            if row in bad:
                errors.append(hubspot_row_error(row, "VALIDATION_ERROR", words[row["id"]]))
            elif verb == "update" and row["id"] not in self.hubspot:
                errors.append(hubspot_row_error(row, "OBJECT_NOT_FOUND", "Could not get"))
            else:
                held = self.hubspot.setdefault(row["id"], {"lead_id": row["id"]})
                held.update(row["properties"])
                results.append(
                    {
                        "id": str(1000 + len(results)),
                        "properties": {"hs_object_id": "1", **row["properties"]},
                        "createdAt": STAMP,
                        "updatedAt": STAMP,
                        "archived": False,
                        "new": False,
                    }
                )
                if self.names_results:
                    results[-1]["objectWriteTraceId"] = row["objectWriteTraceId"]
        answer = {
            "status": "COMPLETE",
            "results": results,
            "startedAt": STAMP,
            "completedAt": STAMP,
        }
        if errors:
            answer |= {"numErrors": len(errors), "errors": errors}
        return 207 if errors else 200, "application/json", json.dumps(answer)

    # Salesforce

    def salesforce_answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, str, str]:
        if headers.get("authorization") != "Bearer salesforce-secret":
            error = [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]
            return 401, "application/json", json.dumps(error)
        found = re.fullmatch(r"/services/data/v[\d.]+/jobs/ingest(?:/(\w+))?(?:/(\w+))?", path)
        job_id, part = found[1], found[2]
        if method == "POST":
            job = json.loads(body) | {"id": f"750{len(self.jobs):015}", "state": "Open"}
            assert (job["operation"], job["object"]) == ("upsert", "Lead")
            self.jobs[job["id"]] = job
            return 200, "application/json", json.dumps(public(job))
        job = self.jobs[job_id]
        if part == "batches":
            job["rows"] = list(csv.DictReader(io.StringIO(body.decode())))
            return 201, "text/plain", ""
        if part == "successfulResults":
            rows = [{"sf__Id": "00Q", "sf__Created": "false", **row} for row in job["taken"]]
            return 200, "text/csv", csv_text(rows, ["sf__Id", "sf__Created"])
        if part == "failedResults":
            rows = [
                {"sf__Id": "", "sf__Error": job["errors"][row["Lead_Id__c"]], **row}
                for row in job["failed"]
            ]
            return 200, "text/csv", csv_text(rows, ["sf__Id", "sf__Error"])
        if method == "PATCH":
            self.salesforce_process(job)
        return 200, "application/json", json.dumps(public(job))

    def salesforce_process(self, job: dict[str, Any]) -> None:
        key = job["externalIdFieldName"]
        job |= {"state": "JobComplete", "errors": dict(self.refused)}
        job["failed"] = [row for row in job["rows"] if row[key] in self.refused]
        job["taken"] = [row for row in job["rows"] if row[key] not in self.refused]
        for row in job["taken"]:
            held = self.salesforce.setdefault(row[key], {})
            # an empty cell leaves a field as it is
            held.update({k: None if v == "#N/A" else v for k, v in row.items() if v != ""})
        job["numberRecordsProcessed"] = len(job["rows"])
        job["numberRecordsFailed"] = len(job["failed"])

    # Webhook

    def webhook_answer(self, headers: dict[str, str], rows: list[dict]) -> tuple[int, str, str]:
        assert re.fullmatch("[0-9a-f]{64}", headers["idempotency-key"])
        errors = []
        for row in rows:
            if row["lead_id"] in self.refused:
                errors.append({"lead_id": row["lead_id"], "message": self.refused[row["lead_id"]]})
            else:
                self.webhook[row["lead_id"]] = row
        if errors:
            return 207, "application/json", json.dumps({"errors": errors})
        return 200, "text/plain", "thank you"


def public(job: dict[str, Any]) -> dict[str, Any]:
    """What Salesforce tells of a job."""
    hidden = ("rows", "taken", "failed", "errors")
    return {name: value for name, value in job.items() if name not in hidden}


def csv_text(rows: list[dict[str, str]], header: list[str]) -> str:
    text = io.StringIO()
    names = list(rows[0]) if rows else header
    writer = csv.DictWriter(text, names, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def hubspot_error(status: int, category: str, message: str) -> tuple[int, str, str]:
    body = {
        "status": "error",
        "message": message,
        "correlationId": "aeb5f871-7f07-4993-9211-075dc63e7cbf",
        "category": category,
    }
    return status, "application/json", json.dumps(body)


def hubspot_row_error(row: dict, category: str, message: str) -> dict[str, Any]:
    context = {"objectWriteTraceId": [row["objectWriteTraceId"]], "ids": [row["id"]]}
    return {
        "status": "error",
        "category": category,
        "message": message,
        "context": context,
        "errors": [],
        "links": {},
    }


def handler_for(crm: FakeCrm) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_request(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with crm.lock:
                crm.requests.append((self.command, self.path, headers, body))
                fault = crm.faults.popleft() if crm.faults else None
                answer = None
                if fault is None or fault.after:
                    answer = crm.answer(self.command, self.path, headers, body)
            if fault is None:
                self.reply(*answer, {})
            elif fault.hold:
                crm.held.set()
                crm.release.wait(30)
                self.close_connection = True
                if answer:
                    self.reply(*answer, {})
            elif fault.drop:
                self.close_connection = True
            else:
                status, kind, text = hubspot_error(fault.status, "RATE_LIMITS", fault.message)
                self.reply(status, kind, text, fault.headers)

        def reply(self, status: int, kind: str, text: str, headers: Mapping[str, str]) -> None:
            try:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(text.encode())))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())
            except OSError:
                # the client was killed, or no longer waits
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_PATCH = handle_request  # noqa: N815

        def log_message(self, *arguments: Any) -> None:
            """Print nothing."""

    return Handler
