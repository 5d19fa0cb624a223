"""Where scores are sent: HubSpot, Salesforce, a webhook, a CSV file.

Each destination takes a batch of changes of one operation and says what became of each lead. All of
them find a lead by its lead_id, so that sending a row twice leaves what sending it once leaves.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

import hubspot
import requests
import simple_salesforce
import urllib3
from hubspot.crm import contacts
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceError,
    SalesforceOperationError,
)

from .crm_fields import Change, Field, Value, as_json, as_text, key_property
from .problems import ProblemError

# Answers after which the same request may succeed.
TRY_AGAIN = frozenset({408, 425, 429, *range(500, 600)})
MOST_WORDS = 500
# Salesforce has no empty checkbox, and takes an empty cell for "leave it".
SALESFORCE_EMPTY = "#N/A"
# What a lead says that is not there (any more), when it is to be cleared: nothing is left to clear.
HUBSPOT_MISSING = "OBJECT_NOT_FOUND"
SALESFORCE_MISSING = ("REQUIRED_FIELD_MISSING", "ENTITY_IS_DELETED")

# What became of each lead of a batch: None is delivered, else the destination's words.
Outcomes = dict[str, str | None]


class TryAgainError(Exception):
    """The destination did not answer, or asked to come back; `seconds` is when, if it said so."""

    def __init__(self, words: str, seconds: float | None = None) -> None:
        super().__init__(words)
        self.seconds = seconds


class BatchRefusedError(Exception):
    """The destination refused a batch as a whole, for what one or more of its rows hold."""


class Destination(Protocol):
    """Something that takes changes."""

    batch_size: int
    calls_per_batch: int
    # false: nothing has arrived before `finish`
    delivers_at_once: bool

    def send(self, batch: Sequence[Change]) -> Outcomes:
        """Send changes of one operation.

        Raises TryAgainError, BatchRefusedError, or ProblemError when no batch can be sent.
        """

    def finish(self) -> None:
        """End the delivery after the last batch."""

    def close(self) -> None:
        """Leave nothing half done behind, however the delivery ended."""


class Secrets:
    """Values that nobody may read in a message."""

    def __init__(self, *values: str | None) -> None:
        self.values: list[str] = []
        for value in values:
            self.add(value)

    def add(self, value: str | None) -> None:
        """Hide one more value, also where it is escaped for a URL."""
        if value:
            self.values += [value, quote(value), quote(value, safe="")]

    def hidden(self, text: str) -> str:
        """Return a destination's words without secrets, on one line, not too long."""
        for value in sorted(self.values, key=len, reverse=True):
            text = text.replace(value, "***")
        text = " ".join(text.split())
        return text if len(text) <= MOST_WORDS else text[: MOST_WORDS - 3] + "..."


def from_environment(name: str, hint: str) -> str:
    """Return an environment variable. Raises ProblemError when it is empty."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise ProblemError(f"{name} is not set: {hint}")
    return value


def checked_url(name: str, url: str) -> str:
    """Return a URL without a slash at its end. Raises ProblemError when a secret could leak."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ProblemError(f"{name} is not a URL: write it as https://host/path.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ProblemError(f"{name} is not a URL: write it as https://host/path.")
    if parts.scheme == "http" and host not in ("localhost", "127.0.0.1", "::1"):
        raise ProblemError(f"{name} begins with http://, which anybody can read: use https://.")
    return url.rstrip("/")


def retry_after(headers: Mapping[str, Any] | None) -> float | None:
    """Return the seconds in a Retry-After header; None when it has none."""
    value = str((headers or {}).get("Retry-After") or "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment - datetime.now(timezone.utc)).total_seconds())


def idempotency_key(body: bytes, batch: Sequence[Change]) -> str:
    """Return a key for a batch: another one once the same values come round again."""
    before = [str(change.delivered_before) for change in batch]
    return hashlib.sha256(body + json.dumps(before).encode()).hexdigest()


def unaccounted(batch: Sequence[Change], outcomes: Outcomes, words: str) -> Outcomes:
    """Return an outcome for every lead of a batch: those that the answer leaves out have failed."""
    return {change.lead_id: outcomes.get(change.lead_id, words) for change in batch}


class HubSpot:
    """Contacts of HubSpot, found by a property with unique values."""

    batch_size = 100
    calls_per_batch = 1
    delivers_at_once = True

    def __init__(self, fields: Sequence[Field], timeout: float) -> None:
        token = from_environment(
            "HUBSPOT_ACCESS_TOKEN", "set it to the access token of a private app."
        )
        base = os.environ.get("HUBSPOT_BASE_URL") or "https://api.hubapi.com"
        self.secrets = Secrets(token)
        self.key = key_property(fields)
        self.timeout = timeout
        client = hubspot.HubSpot(
            access_token=token,
            host=checked_url("HUBSPOT_BASE_URL", base),
            # tries are counted in one place only
            retry=urllib3.Retry(0),
        )
        self.api = client.crm.contacts.batch_api

    def send(self, batch: Sequence[Change]) -> Outcomes:
        """Upsert contacts, or empty the properties of those that are there."""
        try:
            if batch[0].operation == "upsert":
                answer = self.api.upsert(self._upserts(batch), _request_timeout=self.timeout)
            else:
                # an upsert would make a contact again that was deleted
                answer = self.api.update(self._updates(batch), _request_timeout=self.timeout)
        except contacts.ApiException as error:
            return self._refused(batch, error)
        except urllib3.exceptions.HTTPError as error:
            raise TryAgainError(transport_words("HubSpot", error)) from None
        return self._outcomes(batch, answer)

    def finish(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is left."""

    def _upserts(self, batch: Sequence[Change]) -> Any:
        return contacts.BatchInputSimplePublicObjectBatchInputUpsert(
            inputs=[
                contacts.SimplePublicObjectBatchInputUpsert(
                    id_property=self.key,
                    id=change.lead_id,
                    object_write_trace_id=str(number),
                    properties=self._properties(change) | {self.key: change.lead_id},
                )
                for number, change in enumerate(batch)
            ]
        )

    def _updates(self, batch: Sequence[Change]) -> Any:
        return contacts.BatchInputSimplePublicObjectBatchInput(
            inputs=[
                contacts.SimplePublicObjectBatchInput(
                    id_property=self.key,
                    id=change.lead_id,
                    object_write_trace_id=str(number),
                    properties=self._properties(change),
                )
                for number, change in enumerate(batch)
            ]
        )

    @staticmethod
    def _properties(change: Change) -> dict[str, str]:
        """HubSpot takes every value as text; an empty text empties a property."""
        return {
            name: "" if value is None else as_text(value) for name, value in change.values.items()
        }

    def _refused(self, batch: Sequence[Change], error: contacts.ApiException) -> Outcomes:
        """Say what an answer means that is no success."""
        body = error.body.decode(errors="replace") if isinstance(error.body, bytes) else error.body
        words = self.secrets.hidden(message_in(body) or f"HTTP {error.status}")
        if error.status in TRY_AGAIN:
            raise TryAgainError(f"HubSpot: {words}", retry_after(error.headers)) from None
        if error.status in (401, 403):
            raise ProblemError(
                f"HubSpot refused the access token: {words}",
                "Check HUBSPOT_ACCESS_TOKEN and the scope crm.objects.contacts.write of its app.",
            ) from None
        if len(batch) == 1 and batch[0].operation == "clear" and HUBSPOT_MISSING in str(body):
            return {batch[0].lead_id: None}
        raise BatchRefusedError(words) from None

    def _outcomes(self, batch: Sequence[Change], answer: Any) -> Outcomes:
        """Read a 200, or a 207 with its errors by row."""
        by_trace = {str(number): change.lead_id for number, change in enumerate(batch)}
        leads = set(by_trace.values())
        outcomes: Outcomes = {}
        general = "HubSpot's answer does not name this lead."
        for error in getattr(answer, "errors", None) or []:
            context = error.context or {}
            named = {by_trace.get(str(trace)) for trace in context.get("objectWriteTraceId", [])}
            named |= leads & {str(name) for name in context.get("ids", [])}
            words = self.secrets.hidden(error.message)
            if not named:
                general = words
            is_gone = batch[0].operation == "clear" and error.category == HUBSPOT_MISSING
            outcomes |= {lead: None if is_gone else words for lead in named if lead}
        nameless_count = 0
        for result in answer.results:
            lead = by_trace.get(str(getattr(result, "object_write_trace_id", None)))
            lead = lead or (result.properties or {}).get(self.key)
            if lead in leads:
                outcomes[lead] = None
            else:
                nameless_count += 1
        # a result need not say which lead it is of; as many as are left are those that are left
        if nameless_count and nameless_count == len(leads - outcomes.keys()):
            outcomes |= dict.fromkeys(leads - outcomes.keys())
        return unaccounted(batch, outcomes, general)


class TimeoutSession(requests.Session):
    """A session whose calls all have a time limit."""

    def __init__(self, timeout: float) -> None:
        super().__init__()
        self.timeout = timeout
        self.latest_headers: Mapping[str, str] = {}

    def request(self, *arguments: Any, **options: Any) -> requests.Response:
        """Send one request, and keep the headers of its answer, whose text is UTF-8."""
        options.setdefault("timeout", self.timeout)
        self.latest_headers = {}
        answer = super().request(*arguments, **options)
        self.latest_headers = answer.headers
        answer.encoding = "utf-8"
        return answer


class Salesforce:
    """Leads, or another object, of Salesforce, found by an external id, over the Bulk API 2.0."""

    batch_size = 10_000
    # open, upload, close and read a job, at least once look at it, two lists of results
    calls_per_batch = 7
    delivers_at_once = True

    def __init__(self, fields: Sequence[Field], timeout: float, object_name: str) -> None:
        self.key = key_property(fields)
        self.object_name = object_name
        self.is_boolean = {field.crm_property: field.type == "boolean" for field in fields}
        self.secrets = Secrets()
        self.session = session = TimeoutSession(timeout)
        if os.environ.get("SALESFORCE_INSTANCE_URL") or os.environ.get("SALESFORCE_ACCESS_TOKEN"):
            self.client = self._with_token(session)
        else:
            self.client = self._with_password(session)
        self.secrets.add(self.client.session_id)

    def _with_token(self, session: requests.Session) -> simple_salesforce.Salesforce:
        hint = "with SALESFORCE_ACCESS_TOKEN goes SALESFORCE_INSTANCE_URL, and none without both."
        token = from_environment("SALESFORCE_ACCESS_TOKEN", hint)
        url = checked_url(
            "SALESFORCE_INSTANCE_URL", from_environment("SALESFORCE_INSTANCE_URL", hint)
        )
        client = simple_salesforce.Salesforce(instance_url=url, session_id=token, session=session)
        # the library writes https:// whatever the URL begins with
        client.bulk2_url = f"{url}/services/data/v{client.sf_version}/jobs/"
        return client

    def _with_password(self, session: requests.Session) -> simple_salesforce.Salesforce:
        hint = (
            "set SALESFORCE_USERNAME, SALESFORCE_PASSWORD and SALESFORCE_SECURITY_TOKEN, or "
            "SALESFORCE_INSTANCE_URL and SALESFORCE_ACCESS_TOKEN."
        )
        names = ("SALESFORCE_USERNAME", "SALESFORCE_PASSWORD", "SALESFORCE_SECURITY_TOKEN")
        username, password, token = (from_environment(name, hint) for name in names)
        self.secrets.add(password)
        self.secrets.add(token)
        try:
            return simple_salesforce.Salesforce(
                username=username,
                password=password,
                security_token=token,
                domain=os.environ.get("SALESFORCE_DOMAIN") or "login",
                session=session,
            )
        except SalesforceAuthenticationFailed as error:
            words = self.secrets.hidden(str(error))
            raise ProblemError(
                f"Salesforce refused the login: {words}",
                "Check SALESFORCE_USERNAME, SALESFORCE_PASSWORD, SALESFORCE_SECURITY_TOKEN and, "
                "for a sandbox, SALESFORCE_DOMAIN=test.",
            ) from None
        except requests.RequestException as error:
            raise ProblemError(
                f"{transport_words('Salesforce', error)} Run again when it answers."
            ) from None

    def send(self, batch: Sequence[Change]) -> Outcomes:
        """Upsert records in one job, and read what became of each."""
        records = [
            {self.key: change.lead_id}
            | {name: self._text(name, value) for name, value in change.values.items()}
            for change in batch
        ]
        bulk = getattr(self.client.bulk2, self.object_name)
        try:
            jobs = bulk.upsert(
                records=records, external_id_field=self.key, batch_size=len(records), wait=0
            )
            taken, failed = [], []
            for job in jobs:
                taken += self._rows(bulk.get_successful_records(job["job_id"]))
                failed += self._rows(bulk.get_failed_records(job["job_id"]))
        except SalesforceError as error:
            raise self._refusal(error) from None
        except SalesforceOperationError as error:
            raise ProblemError(
                f"Salesforce did not take the job: {self.secrets.hidden(str(error))}",
                "Check the properties in crm_fields.csv and that the user may write them.",
            ) from None
        except requests.RequestException as error:
            raise TryAgainError(transport_words("Salesforce", error)) from None
        outcomes: Outcomes = {row[self.key]: None for row in taken}
        for row in failed:
            words = self.secrets.hidden(row.get("sf__Error") or "refused without a word")
            is_gone = batch[0].operation == "clear" and words.startswith(SALESFORCE_MISSING)
            outcomes[row[self.key]] = None if is_gone else words
        return unaccounted(batch, outcomes, "Salesforce did not process this record.")

    def finish(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is left."""

    def _text(self, name: str, value: Value) -> str:
        if value is None:
            return "false" if self.is_boolean[name] else SALESFORCE_EMPTY
        return as_text(value)

    def _refusal(self, error: SalesforceError) -> Exception:
        words = self.secrets.hidden(message_in(error.content) or f"HTTP {error.status}")
        if error.status in TRY_AGAIN:
            return TryAgainError(f"Salesforce: {words}", retry_after(self.session.latest_headers))
        if error.status in (401, 403):
            return ProblemError(
                f"Salesforce refused the session: {words}",
                "Check the SALESFORCE_ variables, and that the user may use the Bulk API.",
            )
        return ProblemError(
            f"Salesforce refused the job: {words}",
            f"Is {self.key} an external id of {self.object_name}, and is every property of "
            "crm_fields.csv a field of it?",
        )

    @staticmethod
    def _rows(text: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(text)))


class Webhook:
    """Any URL that takes JSON."""

    batch_size = 500
    calls_per_batch = 1
    delivers_at_once = True

    def __init__(self, timeout: float) -> None:
        url = from_environment("LEAD_SCORING_WEBHOOK_URL", "set it to the URL that takes the rows.")
        self.url = checked_url("LEAD_SCORING_WEBHOOK_URL", url)
        token = os.environ.get("LEAD_SCORING_WEBHOOK_TOKEN", "").strip()
        parts = urlsplit(self.url)
        # the address of a webhook is often its password
        secret_path = parts.path if len(parts.path) > 1 else None
        self.secrets = Secrets(token, self.url, secret_path, parts.query, parts.password)
        self.session = TimeoutSession(timeout)
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def send(self, batch: Sequence[Change]) -> Outcomes:
        """Post a JSON array, with a key that is the same until the batch has been delivered."""
        body = json.dumps(
            [
                {
                    "operation": change.operation,
                    "lead_id": change.lead_id,
                    "properties": {name: as_json(value) for name, value in change.values.items()},
                }
                for change in batch
            ],
            ensure_ascii=False,
            sort_keys=True,
        ).encode()
        try:
            answer = self.session.post(
                self.url,
                data=body,
                headers={
                    "Content-Type": "application/json",
                    "Idempotency-Key": idempotency_key(body, batch),
                },
                # a redirect would turn the post into a get
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise TryAgainError(transport_words("The webhook", error)) from None
        if answer.status_code in TRY_AGAIN:
            words = self.secrets.hidden(message_in(answer.text) or f"HTTP {answer.status_code}")
            raise TryAgainError(f"The webhook: {words}", retry_after(answer.headers))
        if answer.status_code in (401, 403, 404) or 300 <= answer.status_code < 400:
            raise ProblemError(
                f"The webhook answered HTTP {answer.status_code}.",
                "Check LEAD_SCORING_WEBHOOK_URL and LEAD_SCORING_WEBHOOK_TOKEN.",
            )
        if answer.status_code >= 400:
            words = message_in(answer.text) or f"HTTP {answer.status_code}"
            raise BatchRefusedError(self.secrets.hidden(words))
        return dict.fromkeys(change.lead_id for change in batch) | self._errors(batch, answer)

    def finish(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is left."""

    def _errors(self, batch: Sequence[Change], answer: requests.Response) -> Outcomes:
        """Read the rows that a 207 refuses: {"errors": [{"lead_id": "...", "message": "..."}]}."""
        if answer.status_code != 207:
            return {}
        try:
            errors = answer.json()["errors"]
            named = {str(error["lead_id"]): str(error["message"]) for error in errors}
        except (ValueError, KeyError, TypeError):
            raise BatchRefusedError(
                'A 207 must have a body such as {"errors": [{"lead_id": "1", "message": "why"}]}.'
            ) from None
        leads = {change.lead_id for change in batch}
        return {lead: self.secrets.hidden(words) for lead, words in named.items() if lead in leads}


class CsvFile:
    """A file with a row for each change, which is there once it is whole."""

    batch_size = 5_000
    calls_per_batch = 0
    delivers_at_once = False

    def __init__(self, fields: Sequence[Field], path: Path) -> None:
        if path.exists():
            raise ProblemError(
                f"{path} is there already, and may not have been read yet: move it away, or name "
                "another file with --output."
            )
        if not path.absolute().parent.is_dir():
            raise ProblemError(f"The folder of {path} is not there: make it, then run again.")
        self.path = path
        self.unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        self.key = key_property(fields)
        self.properties = [field.crm_property for field in fields if field.column_name != "lead_id"]
        self.is_begun = False

    def send(self, batch: Sequence[Change]) -> Outcomes:
        """Append rows to a file with another name."""
        with self.unfinished.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            if not self.is_begun:
                file.truncate(0)
                writer.writerow(["operation", self.key, *self.properties])
                self.is_begun = True
            for change in batch:
                values = [change.values[name] for name in self.properties]
                cells = ["" if value is None else as_text(value) for value in values]
                writer.writerow([change.operation, change.lead_id, *cells])
        return {}

    def finish(self) -> None:
        """Give the file its name, once all of it is on the disk."""
        if not self.is_begun:
            return
        with self.unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        if self.path.exists():
            raise ProblemError(f"{self.path} has been made by someone else: name another file.")
        self.unfinished.rename(self.path)

    def close(self) -> None:
        """Remove a file that was not finished."""
        self.unfinished.unlink(missing_ok=True)


def transport_words(name: str, error: Exception) -> str:
    """Say why there was no answer. The error's own text may hold an address with a secret."""
    text = f"{type(error).__name__} {error}".lower()
    if "timeout" in text or "timed out" in text:
        return f"{name} did not answer in time."
    return f"{name} could not be reached, or broke off the connection."


def message_in(body: Any) -> str:
    """Return the message in an answer: JSON's `message`, else its text."""
    if isinstance(body, (str, bytes)):
        text = body.decode(errors="replace") if isinstance(body, bytes) else body
        try:
            body = json.loads(text)
        except ValueError:
            return text
    if isinstance(body, list):
        return "; ".join(message_in(part) for part in body)
    if isinstance(body, dict):
        message = str(body.get("message") or body.get("error") or json.dumps(body))
        code = body.get("errorCode")
        return f"{code}: {message}" if code else message
    return "" if body is None else str(body)
