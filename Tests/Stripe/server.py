"""A small program that speaks as Stripe does, for tests and for trying things by hand. Loopback only; no money anywhere.

    server.py FOLDER [WEBHOOK_URL]      writes FOLDER/env once it answers

It answers what Waxwing asks of https://api.stripe.com/v1 and refuses what Stripe would: unknown and missing parameters, keys
used twice, objects that do not fit. Written after https://docs.stripe.com/api, versions 2025-02-24.acacia and 2025-03-31.basil.

By hand: open the address of a checkout or portal session in a browser. By program:

    POST /pay/SESSION       card=pays|declines|confirms, then confirmed=true|false
    POST /portal/SESSION    action=cancel|resume|pay|card, with card=…
    POST /test/card         customer=cus_…, card=pays|declines|confirms|none
    POST /test/advance      seconds=… or to=…: renewals, retries, ends of trials and of 23 hours come to pass in their order
    POST /test/settings     after_retries=canceled|unpaid|past_due
    POST /test/manner       hold=true|false, order=forwards|backwards|shuffled, copies=…, attempts=…: of webhooks
    POST /test/deliver      sends what is held; GET /test/deliveries tells what became of all
    POST /test/fault        path=/v1/…, status=500, times=1, done=true|false (before it fails), retry_after=…, should_retry=…
"""

import base64
import copy
import json
import os
import secrets
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pages
from billing import Billing
from parameters import Refused, checked, invalid, tree
from routes import CARDS, VERSIONS, found, make_endpoint
from webhooks import Deliveries


class Server:
    def __init__(self, key, webhook_secret):
        self.key = key
        self.deliveries = Deliveries(webhook_secret)
        self.billing = Billing(self.announce, self.deliveries)
        self.lock = threading.RLock()
        self.kept = {}
        self.faults = []
        self.told = []
        self.requests = 0

    # Events

    def announce(self, type, thing, before):
        data = {"object": exported(thing)} | ({"previous_attributes": exported(before)} if before else {})
        event = self.billing.new(
            "event", "evt_", type=type, data=data, api_version=VERSIONS[0], pending_webhooks=0, request={"id": None})
        self.told.append(event)

    def publish(self):
        for event in self.told:
            self.deliveries.add(exported(event), rendered)
        self.told = []

    # Requests

    def answer(self, method, target, headers, body):
        """Returns status, headers and an object."""
        self.requests += 1
        extra = {"Request-Id": f"req_{self.requests:06}"}
        path, text = urlsplit(target).path, urlsplit(target).query if method != "POST" else body
        fault = next((f for f in self.faults if path.startswith(f["path"]) and f["times"] > 0), None)
        try:
            if path.startswith("/test/"):
                return 200, extra, self.test(method, path, tree(text))
            self.authorize(headers)
            version = headers.get("Stripe-Version", VERSIONS[0])
            if not version.startswith(tuple(VERSIONS)):
                raise invalid(f"Invalid Stripe API version: {version}")
            if fault and not fault["done"]:
                return self.fail(fault, extra)
            if method == "POST" and headers.get("Content-Type", "").split(";")[0] != "application/x-www-form-urlencoded":
                raise invalid("Invalid request: the body must be a form")
            status, answer = self.once(method, path, text, headers, extra)
            if fault:
                return self.fail(fault, extra)
            return status, extra, rendered(answer, version)
        except ValueError:
            return 400, extra, {"error": invalid("Invalid form").error}
        except Refused as refused:
            return refused.status, extra, {"error": refused.error}

    def fail(self, fault, extra):
        fault["times"] -= 1
        if fault["retry_after"] is not None:
            extra["Retry-After"] = str(fault["retry_after"])
        if fault["should_retry"] is not None:
            extra["Stripe-Should-Retry"] = fault["should_retry"]
        kind = "api_error" if fault["status"] >= 500 else "invalid_request_error"
        return fault["status"], extra, {"error": {"type": kind, "message": "A fault that was asked for."}}

    def authorize(self, headers):
        scheme, _, given = headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            given = base64.b64decode(given).decode().partition(":")[0]
        elif scheme != "Bearer":
            raise Refused(401, "invalid_request_error", "You did not provide an API key.", is_kept=False)
        if not secrets.compare_digest(given.encode(), self.key.encode()):
            raise Refused(401, "invalid_request_error", f"Invalid API Key provided: {given[:8]}***", is_kept=False)

    def once(self, method, path, text, headers, extra):
        key = headers.get("Idempotency-Key") if method == "POST" else None
        if key is None:
            return 200, self.route(method, path, text)
        if len(key) > 255:
            raise invalid("Idempotency keys can be at most 255 characters.")
        asked = (path, text)
        if key in self.kept:
            before, status, answer = self.kept[key]
            if before != asked:
                raise Refused(
                    400, "idempotency_error", "Keys for idempotent requests can only be used with the same parameters they "
                    f"were first used with. Try using a key other than '{key}' if you meant to execute a different request.")
            extra["Idempotent-Replayed"] = "true"
            return status, copy.deepcopy(answer)
        try:
            answer = exported(self.route(method, path, text))
            self.kept[key] = (asked, 200, answer)
            return 200, answer
        except Refused as refused:
            if refused.is_kept:
                self.kept[key] = (asked, refused.status, {"error": refused.error})
            raise

    def route(self, method, path, text):
        action, ids = found(method, path.split("/"))
        if action is None:
            raise invalid(f"Unrecognized request URL ({method}: {path}).", status=404)
        known, act, is_whole = action
        given = checked(tree(text), known)
        before = (copy.deepcopy(self.billing.objects), list(self.told)) if is_whole else None
        expand = given.pop("expand", None)
        try:
            result = act(self.billing, *ids, given)
        except Refused:
            if before:
                self.billing.objects, self.told = before
            raise
        finally:
            self.publish()
        return self.expanded(exported(result), expand or [])

    def expanded(self, thing, paths):
        for path in paths:
            places = [thing]
            *way, last = path.split(".")
            for name in way:
                places = [p for place in places for p in (place.get(name) if isinstance(place.get(name), list) else [place.get(name)])]
            if any(not isinstance(p, dict) or last not in p for p in places):
                raise invalid(f"This property cannot be expanded ({path}).", param="expand")
            for place in places:
                if isinstance(place[last], str):
                    place[last] = exported(self.billing.objects[place[last]])
        return thing

    # Tests

    def test(self, method, path, given):
        if (method, path) == ("GET", "/test/deliveries"):
            return {"deliveries": self.deliveries.log, "held": len(self.deliveries.held)}
        if (method, path) == ("POST", "/test/advance"):
            given = checked(given, {"seconds": "count", "to": "count"})
            now = self.billing.now()
            try:
                self.billing.advance(given["to"] if "to" in given else now + given.get("seconds", 0))
            finally:
                self.publish()
            return {"now": self.billing.now()}
        if (method, path) == ("POST", "/test/settings"):
            self.billing.settings |= checked(given, {"after_retries": ("canceled", "unpaid", "past_due")})
            return self.billing.settings
        if (method, path) == ("POST", "/test/manner"):
            orders = ("forwards", "backwards", "shuffled")
            self.deliveries.manner |= checked(
                given, {"hold": "truth", "order": orders, "copies": "count", "attempts": "count"})
            return self.deliveries.manner
        if (method, path) == ("POST", "/test/deliver"):
            return {"sent": self.deliveries.flush()}
        if (method, path) == ("POST", "/test/card"):
            given = checked(given, {"customer!": "text", "card!": CARDS})
            self.billing.find("customer", given["customer"])["_card"] = given["card"]
            return given
        if (method, path) == ("POST", "/test/fault"):
            fault = {"times": 1, "done": False, "retry_after": None, "should_retry": None}
            fault |= checked(given, {
                "path!": "text", "status!": "count", "times": "count", "done": "truth", "retry_after": "count",
                "should_retry": ("true", "false")})
            self.faults.append(fault)
            return fault
        raise invalid("No such test", status=404)


# What is written out

def exported(thing):
    """Without what is the program's own, and a copy, so that an event keeps what was."""
    if isinstance(thing, dict):
        return {k: exported(v) for k, v in thing.items() if not k.startswith("_")}
    return [exported(v) for v in thing] if isinstance(thing, list) else thing


def rendered(thing, version):
    """As a version writes it: since basil items have the periods, and an invoice names its subscription under `parent`."""
    if version < "2025-03":
        return thing
    if isinstance(thing, list):
        return [rendered(v, version) for v in thing]
    if not isinstance(thing, dict):
        return thing
    thing = {k: rendered(v, version) for k, v in thing.items()}
    kind = thing.get("object")
    if kind == "event":
        thing["api_version"] = version
    elif kind == "subscription" and "current_period_start" in thing:
        period = {k: thing.pop(k) for k in ("current_period_start", "current_period_end")}
        thing["items"]["data"] = [item | period for item in thing["items"]["data"]]
    elif kind == "invoice":
        details = {"subscription": thing.pop("subscription"), "metadata": {}}
        thing["parent"] = {"type": "subscription_details", "subscription_details": details, "quote_details": None}
        thing.pop("charge"), thing.pop("paid")
    elif kind == "charge":
        thing.pop("invoice")
    return thing


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do(self):
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(size, 1 << 20)).decode("utf-8", "replace")
        path = urlsplit(self.path).path
        if path == "/test/deliveries":
            # Without the lock: who is told may ask.
            server.deliveries.settle()
        with server.lock:
            if path.startswith(("/pay/", "/portal/", "/invoice/")):
                try:
                    status, headers, content = pages.answer(server.billing, self.command, path, tree(body))
                except (Refused, ValueError) as error:
                    status, headers, content = 404, {}, str(error)
                server.publish()
                kind, content = "text/html; charset=utf-8", content.encode()
            else:
                status, headers, thing = server.answer(self.command, self.path, self.headers, body)
                kind, content = "application/json", json.dumps(thing, indent=2).encode()
        if status == 0:
            # A fault: the connection ends without an answer.
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in (headers | {"Content-Type": kind, "Content-Length": str(len(content))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = do

    def log_message(self, form, *arguments):
        print(form % arguments, flush=True)


class Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    folder = sys.argv[1]
    server = Server("sk_test_" + secrets.token_hex(16), "whsec_" + secrets.token_hex(16))
    # Port 0: the system gives a free one.
    listener = Listener(("127.0.0.1", 0), Handler)
    server.billing.base = f"http://127.0.0.1:{listener.server_port}"
    if len(sys.argv) > 2:
        make_endpoint(server.billing, {"url": sys.argv[2], "enabled_events": ["*"]})
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    with open(f"{folder}/env.partial", "w") as file:
        file.write(
            f"export TEST_STRIPE_BASE={server.billing.base}\n"
            f"export TEST_STRIPE_KEY={server.key}\n"
            f"export TEST_STRIPE_WEBHOOK_SECRET={server.deliveries.secret}\n")
    os.rename(f"{folder}/env.partial", f"{folder}/env")
    signal.sigwait([signal.SIGTERM])
