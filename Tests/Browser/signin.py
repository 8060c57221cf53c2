"""A browser signs in to a running `waxwing serve`: Chromium without a window, on this machine only.

    signin.py password SERVER          an account, the password, the session, signing out
    signin.py openid SERVER ISSUER     by the provider `mock` of WAXWING_OPENID_PROVIDERS, that Scripts/oidc-server.sh starts
    signin.py defence SERVER           what is wrong is said as text, and pages of other sites change nothing

SERVER and ISSUER as in http://127.0.0.1:8080, SERVER as WAXWING_URL says it. Each wants a service without accounts. Exits
with 0, or with 1 and a sentence that says what did not hold. $CHROMIUM names another browser than the installed one.
"""

import contextlib, http.server, json, os, shutil, sys, threading
from urllib.parse import quote, urlsplit
from playwright.sync_api import Error, sync_playwright

COOKIE = "__Host-waxwing_session"
PASSWORD = "a tune for bassoon & harp"
SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


class Broken(Exception):
    """A promise that does not hold."""


class Visitor:
    """Somebody at a browser of their own."""

    def __init__(self, chromium, server):
        self.server = server
        self.context = chromium.new_context()
        self.context.set_default_timeout(300_000)
        self.page = self.context.new_page()
        self.dialogs = []
        self.page.on("dialog", self.close_dialog)

    def close_dialog(self, dialog):
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def open(self, path):
        return self.page.goto(self.server + path)

    def press(self, label, role="button", **fields):
        """Fills the fields and presses the button, or follows the link. Returns the answer of the page it leads to."""
        for name, value in fields.items():
            self.page.locator(f"[name={name}]").fill(value)
        with self.page.expect_navigation() as navigation:
            self.page.get_by_role(role, name=label, exact=True).click()
        return navigation.value

    def expect(self, promise, holds):
        if not holds:
            raise Broken(f"{promise}: at {self.page.url} with\n{self.text}")

    def expect_at(self, path, promise):
        self.expect(promise, self.page.url == self.server + path)

    @property
    def text(self):
        return self.page.locator("body").inner_text()

    @property
    def cookie(self):
        """The session's, as the browser keeps it."""
        return next((each for each in self.context.cookies(self.server) if each["name"] == COOKIE), None)

    def read(self, path):
        """What the API answers to the session's cookie."""
        self.open(path)
        return json.loads(self.text)

    def is_signed_in(self):
        return self.read("/api/user")["success"]

    def register(self, email, name=""):
        self.open("/register")
        answer = self.press("Make the account", name=name, email=email, password=PASSWORD)
        self.expect("an account is made", answer.status == 201)

    def sign_in(self, email, next="/"):
        self.open(f"/signin?next={quote(next, safe='')}")
        self.press("Sign in", email=email, password=PASSWORD)
        self.expect_at(next, "after signing in one is where one wanted to be")

    def sign_out(self):
        kept = self.cookie
        self.open("/")
        self.press("Sign out")
        self.expect_at("/signin", "signing out leads to the sign-in page")
        self.expect("signing out takes the cookie out of the browser", self.cookie is None)
        self.page.go_back()
        self.expect("going back shows nothing of the account", "You are signed in" not in self.text)
        self.context.add_cookies([kept])
        self.expect("a cookie kept from before is worth nothing", not self.is_signed_in())
        self.context.clear_cookies()


def password(chromium, server):
    ada = Visitor(chromium, server)
    ada.open("/")
    ada.expect_at("/signin", "who is not signed in is asked to")
    ada.press("Make an account", role="link")
    answer = ada.press("Make the account", name="Ada", email="ada@example.com", password=PASSWORD)
    ada.expect("an account is made", answer.status == 201 and "You can sign in now." in ada.text)
    ada.expect("making an account signs nobody in", ada.cookie is None)
    ada.sign_in("ada@example.com", next="/?tab=2&q=a%20b")
    ada.expect("the account's page names it", "ada@example.com" in ada.text and "Ada" in ada.text)

    cookie = ada.cookie
    ada.expect("the browser keeps the session's cookie", cookie is not None)
    ada.expect(
        "the cookie is for this host alone, over TLS, for no script and no other site's form",
        cookie["secure"] and cookie["httpOnly"] and (cookie["sameSite"], cookie["path"]) == ("Lax", "/")
        and cookie["domain"] == urlsplit(server).hostname and len(ada.context.cookies()) == 1,
    )
    ada.expect("scripts do not see the cookie", ada.page.evaluate("document.cookie") == "")
    sessions = ada.read("/api/auth/sessions")["data"]
    ada.expect(
        "the browser is in the list of sessions",
        len(sessions) == 1 and sessions[0]["current"] and "Chrome" in sessions[0]["device"],
    )
    ada.open("/signin")
    ada.expect_at("/", "who is signed in is not asked to once more")
    other = Visitor(chromium, server)
    other.expect("another browser is not signed in", not other.is_signed_in())

    other.sign_in("ada@example.com")
    ada.sign_out()
    other.expect("signing out in one browser leaves the other signed in", other.is_signed_in())
    ada.sign_in("ada@example.com")
    ada.expect("every sign-in has a cookie of its own", ada.cookie["value"] not in (cookie["value"], other.cookie["value"]))


def openid(chromium, server, issuer):
    ada = Visitor(chromium, server)
    consent(ada, issuer, "ada", next="/?tab=2&q=a%20b")
    ada.expect_at("/?tab=2&q=a%20b", "after signing in one is where one wanted to be")
    ada.expect("the account's page names it", "ada@example.com" in ada.text and "Ada Lovelace" in ada.text)
    ada.expect("the browser keeps the session's cookie", ada.cookie and ada.cookie["secure"] and ada.cookie["httpOnly"])
    user = ada.read("/api/user")["data"]["id"]
    ada.sign_out()
    consent(ada, issuer, "ada", next="https://example.com/")
    ada.expect_at("/", "after signing in nobody is sent to another site")
    ada.expect("the second time it is the same account", ada.read("/api/user")["data"]["id"] == user)

    eve = Visitor(chromium, server)
    consent(eve, issuer, "eve")
    eve.expect("whose address the provider has not verified is told so", "has not verified" in alert(eve))
    eve.expect("whose address the provider has not verified is not let in", eve.cookie is None and not eve.is_signed_in())
    consent(eve, issuer, "Deny")
    eve.expect("who says no at the provider is told that it did not work", alert(eve) != "")
    eve.expect("who says no at the provider is not let in", eve.cookie is None and not eve.is_signed_in())

    # Somebody's own answer of the provider, as a link for another: who opens it would work in a stranger's account.
    mallory, links = Visitor(chromium, server), []

    def keep_answer(route):
        if route.request.method != "POST":
            return route.continue_()
        links.append(route.fetch(max_redirects=0).headers["location"])
        route.fulfill(body="kept")

    mallory.page.route(issuer + "/**", keep_answer)
    consent(mallory, issuer, "ada")
    eve.page.goto(links[0])
    eve.expect("an answer is good only in the browser that asked", "not begun in this browser" in alert(eve))
    eve.expect("an answer is good only in the browser that asked", eve.cookie is None and not eve.is_signed_in())
    consent(mallory, issuer, "ada")
    mallory.page.goto(links[1])
    mallory.expect_at("/", "an answer is good in the browser that asked")
    mallory.page.goto(links[1])
    mallory.expect("an answer is good once", alert(mallory) != "")
    mallory.expect("an answer that comes twice ends the session it began", not mallory.is_signed_in())


def consent(visitor, issuer, button, next="/"):
    """Goes to the provider and presses a button there."""
    visitor.open(f"/signin?next={quote(next, safe='')}")
    visitor.press("Sign in with Mock", role="link")
    visitor.expect("the way leads to the provider", visitor.page.url.startswith(issuer + "/"))
    visitor.press(button)


def alert(visitor):
    """What is said to be wrong, or nothing."""
    return " ".join(visitor.page.get_by_role("alert").all_inner_texts())


def defence(chromium, server):
    ada = Visitor(chromium, server)
    ada.register("ada@example.com", name=SCRIPT)
    ada.open("/signin")
    answer = ada.press("Sign in", email="ada@example.com", password="not this one")
    ada.expect("a wrong password is said", answer.status == 401 and "password" in alert(ada))
    ada.expect("a wrong password signs nobody in", ada.cookie is None)
    ada.expect("the address need not be typed again", ada.page.get_by_label("E-mail address").input_value() == "ada@example.com")
    shows_text_only(ada)
    runs_nothing(ada)
    for name in ("127.0.0.1", "localhost"):
        foreign_pages_change_nothing(ada, name)
    ada.sign_out()


def shows_text_only(ada):
    """Whatever is typed or put into a link is text on the page."""
    for path, button in [("/signin", "Sign in"), ("/register", "Make the account")]:
        ada.open(path)
        ada.page.locator("form").evaluate("form => form.noValidate = true")
        ada.press(button, email=SCRIPT, password=SCRIPT)
        ada.expect("what is wrong is said", alert(ada) != "")
        ada.expect("the field holds what was typed", ada.page.get_by_label("E-mail address").input_value() == SCRIPT)
        expect_no_script(ada)
    typed = quote(SCRIPT, safe="")
    for path in [
        f"/signin?next={typed}", f"/verify?token={typed}", f"/reset?token={typed}", f"/invitation?token={typed}",
        f"/auth/login/{typed}", f"/auth/callback/mock?error={typed}&state={typed}",
    ]:
        ada.open(path)
        expect_no_script(ada)
    ada.sign_in("ada@example.com")
    ada.expect("a name is shown as it was typed", SCRIPT in ada.text)
    expect_no_script(ada)


def expect_no_script(visitor):
    visitor.expect("no script is in the page", visitor.page.locator("script, img").count() == 0)
    visitor.expect("no dialog opens", visitor.dialogs == [])


def runs_nothing(ada):
    """Should text ever become a script, the browser does not run it."""
    ada.open("/signin")
    ada.expect("the page's own style is let in", ada.page.evaluate("getComputedStyle(document.body).display") == "grid")
    ada.page.evaluate(
        """() => {
            const script = document.createElement("script")
            script.textContent = "alert(3)"
            document.body.append(script)
            document.body.setAttribute("onclick", "alert(4)")
            document.body.click()
        }"""
    )
    ada.expect("scripts in a page do not run", ada.dialogs == [])


def foreign_pages_change_nothing(ada, host):
    """By a page of this machine on another port. Under the server's own name it is of the same site, so the browser sends
    the cookie along; the server has to tell."""
    foreign, stranger = ForeignSite(host), Visitor(ada.page.context.browser, ada.server)
    before = ada.cookie
    for path, fields in FORMS.items():
        for visitor in (ada, stranger):
            visitor.page.goto(foreign.url)
            with visitor.page.expect_navigation() as navigation:
                visitor.page.evaluate(POST_FORM, [visitor.server + path, fields])
            visitor.expect(f"a form of {foreign.url} to {path} is refused", navigation.value.status == 403)
            if visitor is ada and host == urlsplit(ada.server).hostname:
                sent = navigation.value.request.all_headers().get("cookie", "")
                ada.expect("the browser sent the cookie, and the server refused", before["value"] in sent)
    ada.page.goto(foreign.url)
    for path in ["/api/auth/logout", "/api/auth/login", "/api/auth/register", "/api/auth/keys"]:
        # Whether it was refused shows below: the browser tells other sites not even that there was an answer.
        with ada.page.expect_event("requestfailed", lambda request: request.url == ada.server + path) as request:
            ada.page.evaluate(POST_TEXT, ada.server + path)
        ada.expect(f"the answer to {path} is hidden from {foreign.url}", "BLOCKED" in request.value.failure)
    ada.expect(f"a page of {foreign.url} reads nothing", ada.page.evaluate(READ, ada.server + "/api/user") == "refused")
    with ada.page.expect_event("framenavigated", lambda frame: frame.parent_frame) as framed:
        ada.page.evaluate(FRAME, ada.server + "/signin")
    ada.expect("no page of another site frames ours", framed.value.url.startswith("chrome-error:"))
    foreign.stop()

    ada.expect("who was signed in still is, in the same session", ada.is_signed_in() and ada.cookie == before)
    ada.expect("nobody made a key", ada.read("/api/auth/keys")["data"] == [])
    stranger.expect("nobody was signed in by another site", stranger.cookie is None)
    stranger.open("/signin")
    answer = stranger.press("Sign in", email="mallory@example.com", password=PASSWORD)
    stranger.expect("no account was made by another site", answer.status == 401)


# Ours, and what another site would have them say.
FORMS = {
    "/signout": {},
    "/signin": {"email": "ada@example.com", "password": PASSWORD},
    "/register": {"email": "mallory@example.com", "password": PASSWORD},
    "/forgot": {"email": "ada@example.com"},
    "/verify": {"token": "a"},
    "/reset": {"token": "a", "password": PASSWORD},
    "/invitation": {"token": "a", "password": PASSWORD},
}

POST_FORM = """([url, fields]) => {
    const form = document.createElement("form")
    Object.assign(form, {method: "post", action: url})
    for (const [name, value] of Object.entries(fields)) {
        const input = document.createElement("input")
        Object.assign(input, {name, value})
        form.append(input)
    }
    document.body.append(form)
    form.submit()
}"""

# Such requests a browser sends without asking the server first.
POST_TEXT = """async url => {
    const body = JSON.stringify({name: "a", email: "mallory@example.com", password: "a tune for bassoon & harp"})
    const headers = {"Content-Type": "text/plain"}
    try { await fetch(url, {method: "POST", body, headers, mode: "no-cors", credentials: "include"}) } catch {}
}"""

READ = """async url => {
    try { return await (await fetch(url, {credentials: "include"})).text() } catch { return "refused" }
}"""

FRAME = """url => new Promise(resolve => {
    const frame = document.createElement("iframe")
    frame.onload = resolve
    frame.src = url
    document.body.append(frame)
})"""


class ForeignSite:
    """Another site's page, with nothing on it."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            # The browser does not wait for all it asks for.
            with contextlib.suppress(ConnectionError):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<!doctype html><title>Win a kazoo</title><body>")

        def log_message(self, *arguments):
            pass

    def __init__(self, host):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.Page)
        self.url = f"http://{host}:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def run(ways, arguments, usage):
    """Does what the first argument names, with the others: each way is a function and how many arguments it takes, least and
    most."""
    function, (least, most) = ways.get(arguments[0] if arguments else "", (None, (0, 0)))
    if function is None or not least <= len(arguments) - 1 <= most:
        sys.exit(usage)
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        # Without a sandbox, as containers mostly have none to give: it sees pages of this machine alone.
        chromium = playwright.chromium.launch(
            executable_path=browser,
            timeout=300_000,
            args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"],
        )
        try:
            function(chromium, *(each.rstrip("/") for each in arguments[1:]))
        except (Broken, Error) as problem:
            sys.exit(f"{os.path.basename(sys.argv[0])} {arguments[0]}: {problem}")
        finally:
            chromium.close()


if __name__ == "__main__":
    run({"password": (password, (1, 1)), "openid": (openid, (2, 2)), "defence": (defence, (1, 1))}, sys.argv[1:], __doc__)
