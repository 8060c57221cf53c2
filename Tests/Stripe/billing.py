"""What Stripe keeps, and what happens with time: customers, prices, subscriptions, invoices, and a clock that can be moved."""

import calendar
import copy
import datetime
import random
import string
import time

from parameters import Refused, invalid, missing, noted

DAY = 86_400
ENDED = ("canceled", "incomplete_expired")
DECLINED = {
    "declines": ("Your card was declined.", "card_declined"),
    "confirms": ("Payment for this subscription requires additional user action.", "subscription_payment_intent_requires_action"),
    "none": ("This customer has no attached payment source or default payment method.", "resource_missing"),
}


def later(moment, anchor, price):
    """The next end of a period after `moment`, on the anchor's day of the month where there is one."""
    interval, count = price["recurring"]["interval"], price["recurring"]["interval_count"]
    if interval in ("day", "week"):
        return moment + count * DAY * (7 if interval == "week" else 1)
    first = datetime.datetime.fromtimestamp(anchor, datetime.timezone.utc)
    step = count * (12 if interval == "year" else 1)
    months = 0
    while True:
        months += step
        year, month = first.year + (first.month - 1 + months) // 12, (first.month - 1 + months) % 12 + 1
        day = min(first.day, calendar.monthrange(year, month)[1])
        end = int(first.replace(year=year, month=month, day=day).timestamp())
        if end > moment:
            return end


class Billing:
    def __init__(self, announce, deliveries):
        self.announce = announce
        self.deliveries = deliveries
        self.moved = 0
        self.at = None
        self.objects = {}
        # What becomes of a subscription when every attempt at its invoice has failed, and when those are, in days.
        self.settings = {"after_retries": "canceled", "retry_days": [1, 3, 5]}

    # Objects

    def now(self):
        return self.at if self.at is not None else int(time.time()) + self.moved

    def new(self, kind, prefix, id=None, **members):
        id = id or prefix + "".join(random.choices(string.ascii_letters + string.digits, k=18))
        thing = {"id": id, "object": kind, "created": self.now(), "livemode": False, **members}
        thing["_order"] = len(self.objects)
        self.objects[id] = thing
        return thing

    def find(self, kind, id, param="id", status=404):
        thing = self.objects.get(id)
        if thing is None or thing["object"] != kind:
            raise missing(kind.replace("_", " "), id, param, status)
        return thing

    def all(self, kind):
        """Newest first."""
        return sorted((o for o in self.objects.values() if o["object"] == kind), key=lambda o: -o["_order"])

    def tell(self, type, thing, before=None):
        self.announce(type, thing, before)

    # Money

    def pay(self, invoice):
        """One attempt. Returns None, or what the card said."""
        customer = self.find("customer", invoice["customer"])
        invoice["attempt_count"] += 1
        due = invoice["amount_due"]
        card = customer["_card"] if due > 0 else "pays"
        if card != "pays":
            message, code = DECLINED[card]
            self.tell("invoice.payment_action_required" if card == "confirms" else "invoice.payment_failed", invoice)
            return Refused(402, "card_error", message, code, decline_code="generic_decline", is_kept=True)
        if due > 0:
            charge = self.new(
                "charge", "ch_", amount=due, amount_refunded=0, currency=invoice["currency"], customer=invoice["customer"],
                invoice=invoice["id"], paid=True, refunded=False, status="succeeded", metadata={})
            invoice["charge"] = charge["id"]
        invoice |= {"status": "paid", "paid": True, "amount_paid": due, "amount_remaining": 0, "next_payment_attempt": None}
        self.tell("invoice.paid", invoice)
        self.tell("invoice.payment_succeeded", invoice)
        return None

    def bill(self, subscription, lines, reason, draft=False):
        """An invoice of these lines and of what waits, still to be paid."""
        customer = self.find("customer", subscription["customer"])
        lines, subscription["_waiting"] = subscription["_waiting"] + lines, []
        total = sum(line["amount"] for line in lines)
        balance = customer["balance"]
        due = max(0, total + balance)
        customer["balance"] = min(0, total + balance) if total + balance < 0 else 0
        number = len(self.all("invoice")) + 1
        invoice = self.new(
            "invoice", "in_", customer=customer["id"], subscription=subscription["id"], number=None if draft else f"WAX-{number:04}",
            status="draft" if draft else "open", currency=lines[0]["currency"], subtotal=total, total=total, amount_due=due,
            amount_paid=0, amount_remaining=due, paid=False, charge=None, attempt_count=0, billing_reason=reason,
            next_payment_attempt=None, collection_method="charge_automatically", metadata={},
            period_start=subscription["current_period_start"], period_end=self.now(), lines=self.listed(lines, "/lines"))
        invoice["hosted_invoice_url"] = None if draft else f"{self.base}/invoice/{invoice['id']}"
        subscription["latest_invoice"] = invoice["id"]
        self.tell("invoice.created", invoice)
        if not draft:
            self.tell("invoice.finalized", invoice)
        return invoice

    def listed(self, things, url):
        return {"object": "list", "data": things, "has_more": False, "total_count": len(things), "url": url}

    def line(self, item, amount, start, end, proration=False):
        return {
            "id": "il_" + "".join(random.choices(string.ascii_letters, k=18)), "object": "line_item", "amount": amount,
            "currency": item["price"]["currency"], "period": {"start": start, "end": end}, "price": copy.deepcopy(item["price"]),
            "proration": proration, "quantity": item["quantity"], "subscription_item": item["id"],
        }

    def whole(self, subscription):
        start, end = subscription["current_period_start"], subscription["current_period_end"]
        return [self.line(i, i["price"]["unit_amount"] * i["quantity"], start, end) for i in subscription["items"]["data"]]

    def refund(self, charge, amount):
        left = charge["amount"] - charge["amount_refunded"]
        amount = left if amount is None else amount
        if amount > left or amount <= 0:
            raise invalid(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount")
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        refund = self.new(
            "refund", "re_", amount=amount, charge=charge["id"], currency=charge["currency"], status="succeeded", metadata={})
        self.tell("refund.created", refund)
        self.tell("charge.refunded", charge)
        return refund

    # Subscriptions

    def check_price(self, price, param):
        if not price["active"]:
            raise invalid(f"The price specified is inactive: {price['id']}", param=param)
        if price["recurring"] is None:
            raise invalid("The price specified is not recurring", param=param)

    def item(self, subscription_id, price, quantity):
        self.check_price(price, "items")
        return self.new(
            "subscription_item", "si_", price=price, quantity=1 if quantity is None else quantity, subscription=subscription_id,
            metadata={})

    def check_items(self, items):
        if not items:
            raise invalid("Subscriptions must have at least one item", param="items")
        if len(items) > 20:
            raise invalid("Subscriptions can have at most 20 items", param="items")
        if len({i["price"]["id"] for i in items}) < len(items):
            raise invalid("Cannot add multiple subscription items with the same price", param="items")
        if len({(i["price"]["recurring"]["interval"], i["price"]["recurring"]["interval_count"]) for i in items}) > 1:
            raise invalid("All prices on a subscription must have the same billing interval", param="items")
        if len({i["price"]["currency"] for i in items}) > 1:
            raise invalid("All prices on a subscription must have the same currency", param="items")

    def subscribe(self, customer, items, trial_days=0, behavior="allow_incomplete", metadata=None, without_method="create_invoice"):
        now = self.now()
        subscription = self.new(
            "subscription", "sub_", created=now, customer=customer["id"], status="incomplete", metadata=metadata or {}, cancel_at=None,
            cancel_at_period_end=False, canceled_at=None, ended_at=None, pause_collection=None, latest_invoice=None,
            start_date=now, billing_cycle_anchor=now, trial_start=None, trial_end=None, collection_method="charge_automatically",
            trial_settings={"end_behavior": {"missing_payment_method": without_method}}, _waiting=[], _told=False)
        made = [self.item(subscription["id"], self.find("price", i["price"], "items", 400), i.get("quantity")) for i in items]
        self.check_items(made)
        subscription["items"] = self.listed(made, f"/v1/subscription_items?subscription={subscription['id']}")
        price = made[0]["price"]
        subscription["current_period_start"] = now
        if trial_days:
            end = now + trial_days * DAY
            subscription |= {"status": "trialing", "trial_start": now, "trial_end": end, "billing_cycle_anchor": end}
            subscription["current_period_end"] = end
            self.tell("customer.subscription.created", subscription)
            free = [self.line(i, 0, now, end) for i in made]
            self.pay(self.bill(subscription, free, "subscription_create"))
            return subscription
        subscription["current_period_end"] = later(now, now, price)
        due = sum(i["price"]["unit_amount"] * i["quantity"] for i in made)
        if due == 0:
            subscription["status"] = "active"
        self.tell("customer.subscription.created", subscription)
        invoice = self.bill(subscription, self.whole(subscription), "subscription_create")
        refused = None if behavior == "default_incomplete" and due > 0 else self.pay(invoice)
        if refused and behavior == "error_if_incomplete":
            raise refused
        if invoice["paid"] and subscription["status"] == "incomplete":
            self.move(subscription, status="active")
        return subscription

    def move(self, subscription, type="customer.subscription.updated", **members):
        before = {name: subscription.get(name) for name in members if subscription.get(name) != members[name]}
        subscription |= members
        self.tell(type, subscription, before)

    def end(self, subscription, status="canceled"):
        members = {"status": status, "ended_at": self.now()}
        if status == "canceled":
            members["canceled_at"] = subscription["canceled_at"] or self.now()
        subscription["_waiting"] = []
        for invoice in self.all("invoice"):
            if invoice["subscription"] == subscription["id"] and invoice["status"] in ("open", "draft"):
                invoice["next_payment_attempt"] = None
                if status == "incomplete_expired":
                    invoice["status"] = "void"
                    self.tell("invoice.voided", invoice)
        kind = "customer.subscription.deleted" if status == "canceled" else "customer.subscription.updated"
        self.move(subscription, kind, **members)

    def change(self, subscription, given):
        """An update: all of it or, when it is to be paid at once and is not, nothing."""
        if subscription["status"] in ENDED:
            raise invalid("A canceled subscription can only update its cancellation_details and metadata.", param="status")
        if given.get("cancel_at") is not None and given.get("cancel_at_period_end") is not None:
            raise invalid("You may only pass one of cancel_at and cancel_at_period_end.", param="cancel_at")
        before = copy.deepcopy({k: v for k, v in subscription.items() if not k.startswith("_")})
        invoice = self.replace_items(subscription, given) if given.get("items") else None
        refused = self.pay(invoice) if invoice else None
        if refused and given.get("payment_behavior") == "error_if_incomplete":
            raise refused
        if refused and subscription["status"] in ("active", "trialing"):
            subscription["status"] = "past_due"
            self.schedule(invoice)
        if "metadata" in given:
            subscription["metadata"] = noted(subscription["metadata"], given["metadata"])
        if given.get("cancel_at_period_end") is not None:
            cancels = given["cancel_at_period_end"]
            subscription |= {
                "cancel_at_period_end": cancels, "cancel_at": subscription["current_period_end"] if cancels else None,
                "canceled_at": self.now() if cancels else None}
        if "cancel_at" in given:
            subscription |= {"cancel_at": given["cancel_at"], "canceled_at": self.now() if given["cancel_at"] else None}
        if "pause_collection" in given:
            subscription["pause_collection"] = given["pause_collection"]
        if given.get("trial_end") == "now" and subscription["status"] == "trialing":
            subscription["trial_end"] = subscription["current_period_end"] = self.now()
            self.end_trial(subscription)
        if given.get("default_payment_method"):
            self.find("customer", subscription["customer"])["_card"] = given["default_payment_method"].removeprefix("pm_card_")
        changed = {k: v for k, v in before.items() if subscription.get(k) != v}
        if changed:
            self.tell("customer.subscription.updated", subscription, changed)

    def replace_items(self, subscription, given):
        old = {i["id"]: i for i in subscription["items"]["data"]}
        new = dict(old)
        for wanted in given["items"]:
            id = wanted.get("id")
            if id is not None and id not in old:
                raise missing("subscription item", id, "items", 400)
            price = self.find("price", wanted["price"], "items", 400) if wanted.get("price") else None
            if wanted.get("deleted"):
                if id is None:
                    raise invalid("Only an item with an id can be deleted", param="items")
                del new[id]
            elif id is not None:
                new[id] = dict(new[id], price=price or new[id]["price"])
                if wanted.get("quantity") is not None:
                    new[id]["quantity"] = wanted["quantity"]
            elif price is None:
                raise invalid("Missing required param: items[price].", "parameter_missing", "items")
            else:
                item = self.item(subscription["id"], price, wanted.get("quantity"))
                new[item["id"]] = item
        self.check_items(list(new.values()))
        behavior = given.get("proration_behavior", "create_prorations")
        start, end, now = subscription["current_period_start"], subscription["current_period_end"], self.now()
        one, other = next(iter(old.values()))["price"], next(iter(new.values()))["price"]
        is_new_period = one["recurring"] != other["recurring"] and subscription["status"] != "trialing"
        if behavior != "none" and subscription["status"] in ("active", "past_due"):
            left = (end - now) / (end - start)
            for item, sign in [(i, -1) for i in old.values()] + ([] if is_new_period else [(i, 1) for i in new.values()]):
                twin = (new if sign < 0 else old).get(item["id"])
                if twin and (twin["price"]["id"], twin["quantity"]) == (item["price"]["id"], item["quantity"]):
                    continue
                amount = sign * round(item["price"]["unit_amount"] * item["quantity"] * left)
                subscription["_waiting"].append(self.line(item, amount, now, end, proration=True))
        subscription["items"]["data"] = list(new.values())
        subscription["items"]["total_count"] = len(new)
        for item in new.values():
            self.objects[item["id"]] = item
        if is_new_period:
            subscription |= {
                "billing_cycle_anchor": now, "current_period_start": now, "current_period_end": later(now, now, other)}
            return self.bill(subscription, self.whole(subscription), "subscription_update")
        if behavior == "always_invoice" and subscription["_waiting"]:
            return self.bill(subscription, [], "subscription_update")
        return None

    def resume(self, subscription):
        if subscription["status"] != "paused":
            raise invalid("This subscription cannot be resumed because it is not paused.")
        before = dict(subscription)
        now = self.now()
        subscription |= {
            "billing_cycle_anchor": now, "current_period_start": now,
            "current_period_end": later(now, now, subscription["items"]["data"][0]["price"])}
        refused = self.pay(self.bill(subscription, self.whole(subscription), "subscription_cycle"))
        if refused:
            subscription |= before
            raise refused
        self.move(subscription, "customer.subscription.resumed", status="active")
        self.tell("customer.subscription.updated", subscription, {"status": "paused"})

    def settle(self, invoice):
        """What a payment of an open invoice, now or by the customer, does to its subscription."""
        refused = self.pay(invoice)
        subscription = self.objects.get(invoice["subscription"])
        if subscription and not refused and subscription["status"] in ("incomplete", "past_due", "unpaid"):
            self.move(subscription, status="active")
        return refused

    # Time

    def advance(self, moment):
        if moment < self.now():
            raise invalid("The clock only goes forwards", param="to")
        while True:
            due = [d for s in self.all("subscription") if (d := self.next(s))] + self.sessions_due() + self.invoices_due()
            due = [d for d in due if d[0] <= moment]
            if not due:
                break
            at, act, thing = min(due, key=lambda d: (d[0], d[2]["_order"]))
            self.at = max(at, self.now())
            act(thing)
        self.at = None
        self.moved = moment - int(time.time())

    def next(self, s):
        status = s["status"]
        if status == "incomplete":
            return s["created"] + 23 * 3600, lambda s: self.end(s, "incomplete_expired"), s
        if status in ENDED or status == "paused":
            return None
        if s["cancel_at"] is not None and s["cancel_at"] <= s["current_period_end"]:
            return s["cancel_at"], self.end, s
        if status == "trialing":
            if not s["_told"] and s["trial_end"] - s["trial_start"] > 3 * DAY:
                return s["trial_end"] - 3 * DAY, self.warn, s
            return s["trial_end"], self.end_trial, s
        return s["current_period_end"], self.renew, s

    def warn(self, s):
        s["_told"] = True
        self.tell("customer.subscription.trial_will_end", s)

    def end_trial(self, s):
        behavior = s["trial_settings"]["end_behavior"]["missing_payment_method"]
        if self.find("customer", s["customer"])["_card"] == "none" and behavior != "create_invoice":
            if behavior == "cancel":
                return self.end(s)
            self.move(s, "customer.subscription.paused", status="paused")
            return self.tell("customer.subscription.updated", s, {"status": "trialing"})
        s["status"] = "active"
        self.renew(s, {"status": "trialing"})

    def renew(self, s, before=None):
        start = s["current_period_end"]
        price = s["items"]["data"][0]["price"]
        before = (before or {}) | {"current_period_start": s["current_period_start"], "current_period_end": start}
        s |= {"current_period_start": start, "current_period_end": later(start, s["billing_cycle_anchor"], price)}
        is_quiet = s["status"] == "unpaid" or s["pause_collection"] is not None
        invoice = self.bill(s, self.whole(s), "subscription_cycle", draft=is_quiet)
        self.tell("customer.subscription.updated", s, before)
        if self.at is not None:
            # Stripe attempts to be paid an hour later: what becomes of that is not told of the same second.
            self.at += 1
        if not is_quiet and self.pay(invoice):
            self.schedule(invoice)
            if s["status"] != "past_due":
                self.move(s, status="past_due")

    def schedule(self, invoice):
        """The next attempt at an invoice that was not paid."""
        tries = invoice["attempt_count"]
        days = self.settings["retry_days"]
        invoice["next_payment_attempt"] = self.now() + days[tries - 1] * DAY if tries <= len(days) else None
        return invoice["next_payment_attempt"] is not None

    def invoices_due(self):
        return [(i["next_payment_attempt"], self.retry, i) for i in self.all("invoice") if i["next_payment_attempt"]]

    def retry(self, invoice):
        invoice["next_payment_attempt"] = None
        if not self.settle(invoice) or self.schedule(invoice):
            return
        s = self.find("subscription", invoice["subscription"])
        after = self.settings["after_retries"]
        if s["status"] == "past_due" and after == "canceled":
            self.end(s)
        elif s["status"] == "past_due" and after == "unpaid":
            self.move(s, status="unpaid")

    def sessions_due(self):
        open_ones = [s for s in self.all("checkout.session") if s["status"] == "open"]
        return [(s["expires_at"], self.expire, s) for s in open_ones]

    def expire(self, session):
        session |= {"status": "expired", "url": None}
        self.tell("checkout.session.expired", session)
