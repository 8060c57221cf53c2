"""A browser pays on a running `waxwing serve`: Chromium without a window, on this machine only.

    billing.py SERVER [PICTURE]    subscribes, cancels, goes on, changes the plan; pages of other sites change nothing

SERVER as in http://127.0.0.1:8080: with WAXWING_PAYMENTS=development, the plans free, pro and enterprise, and no accounts.
PICTURE is a file for a picture of the page of plans. Exits with 0, or with 1 and a sentence that says what did not hold.
"""

import sys
from signin import POST_FORM, ForeignSite, Visitor, run

FORMS = {
    "/billing/subscribe": {"plan": "pro", "interval": "month"},
    "/billing/swap": {"plan": "enterprise", "interval": "month"},
    "/billing/cancel": {},
    "/billing/resume": {},
    "/billing/portal": {},
}


def billing(chromium, server, picture=None):
    ada = Visitor(chromium, server)
    ada.open("/billing")
    ada.expect("who is not signed in is asked to", ada.page.url.startswith(f"{server}/signin"))
    ada.register("ada@example.com")
    ada.sign_in("ada@example.com", next="/billing")
    ada.expect("the page says which plan one has", "Your plan is Free." in ada.text)

    subscribe(ada, "Pay with a card that fails")
    ada.open("/billing")
    ada.expect("a card that fails opens nothing", "Your plan is Free" in ada.text)
    subscribe(ada, "Pay")
    ada.expect("one is thanked", ada.page.url == f"{server}/billing?paid=true" and "Thank you" in ada.text)
    ada.expect("the plan is there", "Your plan is Pro, paid until" in ada.text)
    if picture:
        ada.page.screenshot(path=picture, full_page=True)

    for host in ("127.0.0.1", "localhost"):
        foreign_pages_change_nothing(ada, host)

    ada.open("/billing")
    ada.press("Cancel at the end of the period")
    ada.expect("it is cancelled, and stays until the end", "it is cancelled" in ada.text and "Your plan is Pro" in ada.text)
    ada.press("Go on with it")
    ada.expect("it goes on", "It goes on." in ada.text and "paid until" in ada.text)
    ada.press(button(ada, "Change to Enterprise"))
    ada.expect("more is had at once", "Your plan is Enterprise, paid until" in ada.text)
    ada.press(button(ada, "Change to Pro"))
    ada.expect("less is had later", "Your plan is Enterprise, until" in ada.text and "then it is a smaller one" in ada.text)
    ada.press(button(ada, "Change to Enterprise"))
    ada.expect("it can be taken back", "Your plan is Enterprise, paid until" in ada.text)
    ada.press("Cards and bills")
    ada.press("Go on to cards and bills", role="link")
    ada.press("Back", role="link")
    ada.expect_at("/billing", "the way back is the page of plans")
    ada.expect("no script is in the page", ada.page.locator("script, img").count() == 0)
    ada.expect("the page's own style is let in", ada.page.evaluate("getComputedStyle(document.body).display") == "grid")


def button(visitor, beginning):
    """The whole label of the first button that begins so."""
    labels = [label for label in visitor.page.get_by_role("button").all_inner_texts() if label.startswith(beginning)]
    visitor.expect(f"there is a button '{beginning}'", labels)
    return labels[0]


def subscribe(visitor, card):
    visitor.open("/billing")
    visitor.press(button(visitor, "Subscribe to Pro"))
    visitor.press("Go on to the payment", role="link")
    visitor.expect("the payment says what it is for", "1 × pro-month" in visitor.text)
    visitor.press(card)


def foreign_pages_change_nothing(ada, host):
    foreign, before = ForeignSite(host), subscription(ada)
    for path, fields in FORMS.items():
        ada.page.goto(foreign.url)
        with ada.page.expect_navigation() as navigation:
            ada.page.evaluate(POST_FORM, [ada.server + path, fields])
        ada.expect(f"a form of {foreign.url} to {path} is refused", navigation.value.status == 403)
    foreign.stop()
    ada.expect("nothing has changed", subscription(ada) == before)


def subscription(visitor):
    """Without what a day or a month allows, which begins anew by itself."""
    data = visitor.read("/api/subscription")["data"]
    return {name: value for name, value in data.items() if name != "quota"}


if __name__ == "__main__":
    run({"billing": (billing, (1, 2))}, ["billing", *sys.argv[1:]], __doc__)
