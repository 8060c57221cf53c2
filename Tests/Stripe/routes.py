"""What can be asked, and which parameters each takes: Stripe's paths, as far as they are needed."""

from parameters import invalid, missing, noted

VERSIONS = ("2025-02-24.acacia", "2025-03-31.basil")
CARDS = ("pays", "declines", "confirms", "none")
NOTES, LIST = {"metadata": "notes"}, {"limit": "count", "starting_after": "text", "expand": ["text"]}
ITEM = {"id": "text", "price": "text", "quantity": "count", "deleted": "truth", "metadata": "notes"}
PRORATION = ("always_invoice", "create_prorations", "none")
PAYMENT = ("allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete")
PAUSE = {"behavior!": ("keep_as_draft", "mark_uncollectible", "void"), "resumes_at": "time"}
TRIAL = {"end_behavior!": {"missing_payment_method!": ("cancel", "create_invoice", "pause")}}
EXPAND = {"expand": ["text"]}


def route(method, path, known, is_whole=False):
    """`is_whole`: what is refused has changed nothing."""
    def add(act):
        ROUTES[method, path] = (known, act, is_whole)
        return act
    return add


def found(method, parts):
    for (verb, pattern), action in ROUTES.items():
        names = ["", "v1", *pattern.split("/")]
        if verb == method and len(names) == len(parts) and all(n in ("ID", p) for n, p in zip(names, parts)):
            return action, [p for n, p in zip(names, parts) if n == "ID"]
    return None, []


ROUTES = {}


def page(things, given, url):
    limit = given.get("limit", 10)
    if not 1 <= limit <= 100:
        raise invalid("Invalid limit: must be 1 to 100", "parameter_invalid_integer", "limit")
    after = given.get("starting_after")
    if after is not None:
        place = next((i for i, thing in enumerate(things) if thing["id"] == after), None)
        if place is None:
            raise missing("object", after, "starting_after", 400)
        things = things[place + 1:]
    return {"object": "list", "url": url, "has_more": len(things) > limit, "data": things[:limit]}


@route("POST", "products", {"id": "text", "name!": "text", "description": "text", "active": "truth"} | NOTES | EXPAND)
def make_product(b, given):
    if given.get("id") in b.objects:
        raise invalid(f"Product already exists: {given['id']}", "resource_already_exists", "id")
    return b.new("product", "prod_", given.get("id"), name=given["name"], active=given.get("active", True),
                 description=given.get("description"), metadata=given.get("metadata") or {})


@route("GET", "products/ID", EXPAND)
def get_product(b, id, given):
    return b.find("product", id)


@route("POST", "products/ID", {"name": "text", "active": "truth"} | NOTES | EXPAND)
def change_product(b, id, given):
    product = b.find("product", id)
    product["metadata"] = noted(product["metadata"], given.pop("metadata", {}))
    return product.update(given) or product


@route("GET", "products", LIST | {"active": "truth"})
def list_products(b, given):
    return page([p for p in b.all("product") if given.get("active") in (None, p["active"])], given, "/v1/products")


def take_lookup_key(b, key, is_transferred):
    holder = next((p for p in b.all("price") if key and p["lookup_key"] == key), None)
    if holder and not is_transferred:
        raise invalid(f"A price (`{holder['id']}`) already uses that lookup key.", param="lookup_key")
    if holder:
        holder["lookup_key"] = None
    return key


RECURRING = {"interval!": ("day", "week", "month", "year"), "interval_count": "count"}


@route("POST", "prices", {
    "product": "text", "product_data": {"name!": "text"}, "unit_amount!": "count", "currency!": "text", "recurring": RECURRING,
    "lookup_key": "text", "transfer_lookup_key": "truth", "nickname": "text", "active": "truth"} | NOTES | EXPAND, is_whole=True)
def make_price(b, given):
    if ("product" in given) == ("product_data" in given):
        raise invalid("You must provide exactly one of product and product_data", "parameter_missing", "product")
    if "product" in given:
        b.find("product", given["product"], "product", 400)
    if len(given["currency"]) != 3 or not given["currency"].isalpha():
        raise invalid(f"Invalid currency: {given['currency']}", param="currency")
    product = given.get("product") or make_product(b, given["product_data"])["id"]
    recurring = given.get("recurring")
    if recurring is not None:
        recurring = {"interval_count": 1, "usage_type": "licensed"} | recurring
    return b.new(
        "price", "price_", product=product, unit_amount=given["unit_amount"], currency=given["currency"].lower(),
        recurring=recurring, active=given.get("active", True), nickname=given.get("nickname"), billing_scheme="per_unit",
        type="recurring" if recurring else "one_time", metadata=given.get("metadata") or {},
        lookup_key=take_lookup_key(b, given.get("lookup_key"), given.get("transfer_lookup_key", False)))


@route("GET", "prices/ID", EXPAND)
def get_price(b, id, given):
    return b.find("price", id)


@route("POST", "prices/ID", {
    "active": "truth", "lookup_key": "text", "transfer_lookup_key": "truth", "nickname": "text"} | NOTES | EXPAND, is_whole=True)
def change_price(b, id, given):
    price = b.find("price", id)
    if "lookup_key" in given:
        price["lookup_key"] = take_lookup_key(b, given.pop("lookup_key"), given.pop("transfer_lookup_key", False))
    price["metadata"] = noted(price["metadata"], given.pop("metadata", {}))
    return price.update(given) or price


@route("GET", "prices", LIST | {"active": "truth", "lookup_keys": ["text"], "product": "text"})
def list_prices(b, given):
    keys = given.get("lookup_keys")
    if keys is not None and len(keys) > 10:
        raise invalid("You can look up at most 10 lookup keys at once", param="lookup_keys")
    return page([
        p for p in b.all("price") if given.get("active") in (None, p["active"]) and given.get("product") in (None, p["product"])
        and (keys is None or p["lookup_key"] in keys)], given, "/v1/prices")


@route("POST", "customers", {"email": "email", "name": "text", "description": "text", "payment_method": "text"} | NOTES | EXPAND)
def make_customer(b, given):
    card = (given.get("payment_method") or "pm_card_none").removeprefix("pm_card_")
    if card not in CARDS:
        raise missing("PaymentMethod", given["payment_method"], "payment_method", 400)
    customer = b.new(
        "customer", "cus_", email=given.get("email"), name=given.get("name"), description=given.get("description"), balance=0,
        metadata=given.get("metadata") or {}, _card=card)
    b.tell("customer.created", customer)
    return customer


@route("GET", "customers/ID", EXPAND)
def get_customer(b, id, given):
    return b.find("customer", id)


@route("POST", "customers/ID", {"email": "email", "name": "text", "description": "text"} | NOTES | EXPAND)
def change_customer(b, id, given):
    customer = b.find("customer", id)
    customer["metadata"] = noted(customer["metadata"], given.pop("metadata", {}))
    customer.update(given)
    b.tell("customer.updated", customer)
    return customer


@route("POST", "checkout/sessions", {
    "mode!": ("payment", "setup", "subscription"), "customer": "text", "client_reference_id": "text", "success_url!": "url",
    "cancel_url": "url", "line_items": [{"price!": "text", "quantity!": "count"}], "customer_email": "email",
    "allow_promotion_codes": "truth", "locale": "text", "payment_method_collection": ("always", "if_required"),
    "subscription_data": {"trial_period_days": "count", "trial_settings": TRIAL} | NOTES} | NOTES | EXPAND)
def make_checkout(b, given):
    if given["mode"] != "subscription":
        raise invalid("This program knows mode=subscription only", param="mode")
    if not given.get("line_items"):
        raise invalid("Missing required param: line_items.", "parameter_missing", "line_items")
    if "customer" in given:
        b.find("customer", given["customer"], "customer", 400)
    prices = [b.find("price", i["price"], "line_items", 400) for i in given["line_items"]]
    for price in prices:
        b.check_price(price, "line_items")
    b.check_items([{"price": price} for price in prices])
    data = given.get("subscription_data") or {}
    if data.get("trial_period_days") == 0:
        raise invalid("The minimum number of trial period days is 1", param="subscription_data[trial_period_days]")
    session = b.new(
        "checkout.session", "cs_test_", mode="subscription", status="open", payment_status="unpaid", subscription=None,
        customer=given.get("customer"), client_reference_id=given.get("client_reference_id"), success_url=given["success_url"],
        cancel_url=given.get("cancel_url"), expires_at=b.now() + 86_400, metadata=given.get("metadata") or {}, invoice=None,
        _items=given["line_items"], _data=data)
    session["url"] = f"{b.base}/pay/{session['id']}"
    return session


@route("GET", "checkout/sessions", LIST | {"customer": "text", "status": ("complete", "expired", "open")})
def list_checkouts(b, given):
    return page([
        s for s in b.all("checkout.session") if given.get("customer") in (None, s["customer"])
        and given.get("status") in (None, s["status"])], given, "/v1/checkout/sessions")


@route("POST", "checkout/sessions/ID/expire", EXPAND)
def expire_checkout(b, id, given):
    session = b.find("checkout.session", id)
    if session["status"] != "open":
        raise invalid(f"Only Checkout Sessions with a status in [\"open\"] can be expired. This one is {session['status']}.")
    session |= {"status": "expired", "url": None}
    b.tell("checkout.session.expired", session)
    return session


@route("GET", "checkout/sessions/ID", EXPAND)
def get_checkout(b, id, given):
    return b.find("checkout.session", id)


@route("POST", "billing_portal/sessions", {"customer!": "text", "return_url": "url", "configuration": "text", "locale": "text"} | EXPAND)
def make_portal(b, given):
    b.find("customer", given["customer"], "customer", 400)
    session = b.new(
        "billing_portal.session", "bps_", customer=given["customer"], return_url=given.get("return_url"), configuration="bpc_1")
    session["url"] = f"{b.base}/portal/{session['id']}"
    return session


@route("POST", "subscriptions", {
    "customer!": "text", "items!": [{"price!": "text", "quantity": "count"}], "trial_period_days": "count",
    "payment_behavior": PAYMENT, "trial_settings": TRIAL, "default_payment_method": "text"} | NOTES | EXPAND, is_whole=True)
def make_subscription(b, given):
    customer = b.find("customer", given["customer"], "customer", 400)
    if given.get("default_payment_method"):
        customer["_card"] = given["default_payment_method"].removeprefix("pm_card_")
    behavior = given.get("payment_behavior", "allow_incomplete")
    if customer["_card"] == "none" and behavior != "default_incomplete" and not given.get("trial_period_days"):
        raise invalid("This customer has no attached payment source or default payment method.", "resource_missing")
    settings = given.get("trial_settings") or {"end_behavior": {"missing_payment_method": "create_invoice"}}
    return b.subscribe(
        customer, given["items"], given.get("trial_period_days", 0), behavior, given.get("metadata"),
        settings["end_behavior"]["missing_payment_method"])


@route("GET", "subscriptions/ID", EXPAND)
def get_subscription(b, id, given):
    return b.find("subscription", id)


@route("GET", "subscriptions", LIST | {
    "customer": "text", "price": "text", "status": ("active", "all", "canceled", "ended", "incomplete", "incomplete_expired",
                                                     "past_due", "paused", "trialing", "unpaid")})
def list_subscriptions(b, given):
    if "customer" in given:
        b.find("customer", given["customer"], "customer", 400)
    status = given.get("status")
    return page([
        s for s in b.all("subscription") if given.get("customer") in (None, s["customer"])
        and (status == "all" or s["status"] == status or status is None and s["status"] != "canceled")], given, "/v1/subscriptions")


@route("POST", "subscriptions/ID", {
    "items": [ITEM], "proration_behavior": PRORATION, "payment_behavior": PAYMENT, "cancel_at_period_end": "truth",
    "cancel_at": "time", "pause_collection": PAUSE, "trial_end": "time", "default_payment_method": "text"} | NOTES | EXPAND,
    is_whole=True)
def change_subscription(b, id, given):
    b.change(b.find("subscription", id), given)
    return b.find("subscription", id)


@route("DELETE", "subscriptions/ID", {"invoice_now": "truth", "prorate": "truth"} | EXPAND)
def end_subscription(b, id, given):
    subscription = b.find("subscription", id)
    if subscription["status"] in ("canceled", "incomplete_expired"):
        raise missing("subscription", id)
    b.end(subscription)
    return subscription


@route("POST", "subscriptions/ID/resume", {
    "billing_cycle_anchor": ("now", "unchanged"), "proration_behavior": PRORATION} | EXPAND, is_whole=True)
def resume_subscription(b, id, given):
    b.resume(b.find("subscription", id))
    return b.find("subscription", id)


@route("GET", "invoices/ID", EXPAND)
def get_invoice(b, id, given):
    return b.find("invoice", id)


@route("GET", "invoices", LIST | {
    "customer": "text", "subscription": "text", "status": ("draft", "open", "paid", "uncollectible", "void")})
def list_invoices(b, given):
    if "customer" in given:
        b.find("customer", given["customer"], "customer", 400)
    return page([
        i for i in b.all("invoice") if given.get("customer") in (None, i["customer"])
        and given.get("subscription") in (None, i["subscription"]) and given.get("status") in (None, i["status"])],
        given, "/v1/invoices")


@route("POST", "invoices/ID/pay", {"payment_method": "text"} | EXPAND)
def pay_invoice(b, id, given):
    invoice = b.find("invoice", id)
    if invoice["status"] == "paid":
        raise invalid("Invoice is already paid", "invoice_already_paid")
    if invoice["status"] != "open":
        raise invalid(f"This invoice is {invoice['status']} and cannot be paid.")
    if given.get("payment_method"):
        b.find("customer", invoice["customer"])["_card"] = given["payment_method"].removeprefix("pm_card_")
    refused = b.settle(invoice)
    if refused:
        raise refused
    return invoice


@route("POST", "refunds", {"charge": "text", "payment_intent": "text", "amount": "count", "reason": "text"} | NOTES | EXPAND)
def make_refund(b, given):
    if "charge" not in given:
        raise invalid("One of the following params should be provided: charge.", "parameter_missing")
    return b.refund(b.find("charge", given["charge"], "charge", 400), given.get("amount"))


@route("GET", "charges/ID", EXPAND)
def get_charge(b, id, given):
    return b.find("charge", id)


@route("GET", "events/ID", EXPAND)
def get_event(b, id, given):
    return b.find("event", id)


@route("GET", "events", LIST | {"type": "text"})
def list_events(b, given):
    return page([e for e in b.all("event") if given.get("type") in (None, e["type"])], given, "/v1/events")


@route("POST", "webhook_endpoints", {
    "url!": "url", "enabled_events!": ["text"], "api_version": VERSIONS, "description": "text"} | NOTES | EXPAND)
def make_endpoint(b, given):
    endpoint = b.new(
        "webhook_endpoint", "we_", url=given["url"], enabled_events=given["enabled_events"], status="enabled",
        api_version=given.get("api_version", VERSIONS[0]), metadata=given.get("metadata") or {})
    b.deliveries.endpoints[endpoint["id"]] = endpoint
    return endpoint | {"secret": b.deliveries.secret}


@route("DELETE", "webhook_endpoints/ID", EXPAND)
def end_endpoint(b, id, given):
    b.find("webhook_endpoint", id)
    del b.objects[id], b.deliveries.endpoints[id]
    return {"id": id, "object": "webhook_endpoint", "deleted": True}
