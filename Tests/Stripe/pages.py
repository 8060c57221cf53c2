"""The pages a browser sees: checkout, portal, an invoice. Plain forms, so that a program can press their buttons."""

from html import escape

from parameters import invalid

SEE = """<!doctype html><meta charset="utf-8"><title>{title}</title>
<style>body {{ font: 16px sans-serif; max-width: 30em; margin: 4em auto }} button {{ display: block; margin: .5em 0; padding: .5em 1em }}</style>
<h1>{title}</h1>{body}<p><small>No money is moved here.</small></p>"""


def page(title, body, status=200):
    return status, {}, SEE.format(title=escape(title), body=body)


def form(**fields):
    label = fields.pop("label")
    hidden = "".join(f'<input type="hidden" name="{k}" value="{v}">' for k, v in fields.items())
    return f'<form method="post">{hidden}<button>{escape(label)}</button></form>'


def answer(billing, method, path, given):
    _, kind, id = path.split("/", 2)
    if kind == "pay":
        return pay(billing, billing.find("checkout.session", id), method, given)
    if kind == "portal":
        return portal(billing, billing.find("billing_portal.session", id), method, given)
    invoice = billing.find("invoice", id)
    return page(f"Invoice {invoice['number']}", f"<p>{invoice['status']}: {price(invoice['total'], invoice['currency'])}</p>")


def price(amount, currency):
    return escape(f"{amount / 100:.2f} {currency.upper()}")


def pay(billing, session, method, given):
    if session["status"] != "open":
        return page("This page is no longer open", f"<p>{session['status']}</p>", 410)
    lines = "".join(
        f"<li>{i['quantity']} × {escape(str(p['lookup_key'] or p['id']))}: {price(p['unit_amount'], p['currency'])}"
        for i in session["_items"] for p in [billing.objects[i["price"]]])
    cards = form(card="pays", label="Pay") + form(card="declines", label="A card that is declined")
    cards += form(card="confirms", label="A card that needs a confirmation")
    if session["cancel_url"]:
        cards += f'<a href="{escape(session["cancel_url"])}">Back</a>'
    if method != "POST":
        return page("Checkout", f"<ul>{lines}</ul>{cards}")
    card = given.get("card")
    if card == "confirms" and "confirmed" not in given:
        both = form(card="confirms", confirmed="true", label="Confirm") + form(card="confirms", confirmed="false", label="Do not")
        return page("Your bank asks", both)
    if card == "declines" or card == "confirms" and given["confirmed"] != "true":
        return page("Your card was declined.", f"<ul>{lines}</ul>{cards}", 402)
    if card not in ("pays", "confirms"):
        raise invalid("Unknown card", param="card")
    data = session["_data"]
    if session["customer"] is None:
        session["customer"] = billing.new("customer", "cus_", email=None, metadata={}, balance=0, _card="pays")["id"]
    customer = billing.find("customer", session["customer"])
    # Confirmed once is confirmed for renewals too.
    customer["_card"] = "pays"
    subscription = billing.subscribe(customer, session["_items"], data.get("trial_period_days", 0), metadata=data.get("metadata"))
    session |= {
        "status": "complete", "url": None, "subscription": subscription["id"], "invoice": subscription["latest_invoice"],
        "payment_status": "no_payment_required" if subscription["status"] == "trialing" else "paid"}
    billing.tell("checkout.session.completed", session)
    return 303, {"Location": session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])}, ""


def portal(billing, session, method, given):
    mine = [s for s in billing.all("subscription") if s["customer"] == session["customer"]]
    subscription = next((s for s in mine if s["status"] not in ("canceled", "incomplete_expired")), None)
    if method != "POST":
        state = "No subscription" if subscription is None else subscription["status"]
        buttons = form(action="cancel", label="Cancel at the period's end") + form(action="resume", label="Go on after all")
        buttons += form(action="pay", label="Pay what is open") + form(action="card", card="pays", label="A card that pays")
        buttons += form(action="card", card="declines", label="A card that is declined")
        back = f'<a href="{escape(session["return_url"])}">Back</a>' if session["return_url"] else ""
        return page("Billing", f"<p>{escape(state)}</p>{buttons}{back}")
    action = given.get("action")
    if action in ("cancel", "resume") and subscription:
        billing.change(subscription, {"cancel_at_period_end": action == "cancel"})
    elif action == "card" and given.get("card") in ("pays", "declines", "confirms"):
        billing.find("customer", session["customer"])["_card"] = given["card"]
    elif action == "pay":
        for invoice in billing.all("invoice"):
            if invoice["customer"] == session["customer"] and invoice["status"] == "open":
                billing.settle(invoice)
    else:
        raise invalid("Unknown action", param="action")
    return 303, {"Location": session["return_url"] or session["url"]}, ""
