import Auth
import Billing
import Storage
import WaxwingService

/// The pages around signing in, until a service has pages of its own. They work without scripts, and hold no rule: forms go
/// to ``PageRoutes``.
enum SignInPage {
    /// - Parameters:
    ///   - next: where to go on afterwards.
    ///   - email: as it was typed, when something was wrong.
    static func signIn(_ ways: WaysIn, next: String, email: String = "", problem: String? = nil) -> HTMLPage {
        let providers = ways.providers.map { provider -> HTML in
            "<a class=\"button\" href=\"/auth/login/\(provider.name)?next=\(PercentEncoding.encode(next, keepingSlash: true))\">Sign in with \(provider.label)</a>"
        }
        let form: HTML = """
            \(HTML.problem(problem))<form method="post" action="/signin">
            \(HTML.hidden("next", next))\(Self.email(email))\(Self.password("password", "Password", "current-password"))
            <button>Sign in</button></form>
            """
        let links: HTML = """
            <p>\(ways.takesRegistrations ? HTML.link("/register", "Make an account") : nil) \
            \(ways.sendsMail ? HTML.link("/forgot", "Forgotten the password?") : nil)</p>
            """
        let others: HTML? =
            providers.isEmpty ? nil : "<p class=\"or\">or</p><div class=\"providers\">\(HTML.join(providers))</div>"
        return HTMLPage(title: "Sign in", content: "\(form)\(others)\(links)")
    }

    static func register(email: String = "", name: String = "", problem: String? = nil) -> HTMLPage {
        HTMLPage(
            title: "Make an account",
            content: """
                \(HTML.problem(problem))<form method="post" action="/register">
                \(Self.name(name))\(Self.email(email))\(Self.password("password", "Password, 8 characters or more", "new-password"))
                <button>Make the account</button></form>
                <p>\(HTML.link("/signin", "Sign in instead"))</p>
                """)
    }

    static func forgot(problem: String? = nil) -> HTMLPage {
        HTMLPage(
            title: "Choose a new password",
            content: """
                \(HTML.problem(problem))<form method="post" action="/forgot">\(Self.email(""))
                <button>Send me a link</button></form><p>\(HTML.link("/signin", "Sign in instead"))</p>
                """)
    }

    static func reset(token: String, problem: String? = nil) -> HTMLPage {
        HTMLPage(
            title: "Choose a new password",
            content: """
                \(HTML.problem(problem))<form method="post" action="/reset">
                \(HTML.hidden("token", token))\(Self.password("password", "New password, 8 characters or more", "new-password"))
                <button>Change the password</button></form>
                """)
    }

    static func verify(token: String, problem: String? = nil) -> HTMLPage {
        HTMLPage(
            title: "Confirm your e-mail address",
            content: """
                \(HTML.problem(problem))<form method="post" action="/verify">
                \(HTML.hidden("token", token))\(Self.password("password", "The password of your new account", "current-password"))
                <button>Confirm it</button></form>
                """)
    }

    static func invitation(token: String, email: String, name: String = "", problem: String? = nil) -> HTMLPage {
        HTMLPage(
            title: "Make an account",
            content: """
                \(HTML.problem(problem))<p>For <strong>\(email)</strong>.</p><form method="post" action="/invitation">
                \(HTML.hidden("token", token))\(Self.name(name))\(Self.password("password", "Password, 8 characters or more", "new-password"))
                <button>Make the account</button></form>
                """)
    }

    /// Where one is after signing in.
    static func account(_ overview: AccountOverview) -> HTMLPage {
        HTMLPage(
            title: "You are signed in",
            content: """
                <p>As <strong>\(overview.user.email.text)</strong>\(overview.user.name.map { " (\($0.text))" }), \
                with the plan <strong>\(overview.entitlement.planName)</strong>.</p>
                <p>\(HTML.link("/billing", "Plans and bills"))</p>
                \(HTML.button("Sign out", postsTo: "/signout"))
                """)
    }

    static func notice(_ title: String, _ text: String, next: (path: String, label: String)? = nil) -> HTMLPage {
        HTMLPage(
            title: title,
            content: "<p class=\"notice\">\(text)</p>\(next.map { HTML.link($0.path, $0.label) })")
    }

    static func problem(_ title: String, _ text: String) -> HTMLPage {
        HTMLPage(title: title, content: "\(HTML.problem(text))<p>\(HTML.link("/signin", "Sign in"))</p>")
    }
}

extension SignInPage {
    private static func email(_ value: String) -> HTML {
        """
        <label>E-mail address <input name="email" type="email" value="\(value)" autocomplete="username" maxlength="254" \
        required autofocus></label>
        """
    }

    private static func name(_ value: String) -> HTML {
        "<label>Name <input name=\"name\" value=\"\(value)\" autocomplete=\"name\" maxlength=\"200\"></label>"
    }

    private static func password(_ name: String, _ label: String, _ completion: String) -> HTML {
        """
        <label>\(label) <input name="\(name)" type="password" autocomplete="\(completion)" maxlength="1024" required></label>
        """
    }
}
