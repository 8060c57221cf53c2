import HTTPTypes
import Hummingbird
import WaxwingService

/// Tells requests of this service's own pages from those that other sites make a browser send (CSRF, ASVS 3.5.1).
///
/// A browser says where a request comes from (`Sec-Fetch-Site`, `Origin`), and no script can make it lie. What comes with
/// a token or an API key was not added by the browser, and is not asked.
struct SameOrigin: Sendable {
    /// `https://sounds.example.com`; nil when the server was not told: then what the client calls it.
    let origin: String?
    /// Sites whose pages may sign people in for themselves, by tokens.
    var allowed = AllowedOrigins.none

    enum Source: Equatable {
        case own, foreign
        /// The client does not say: no browser, or one of before 2020.
        case unsaid
    }

    func source(of request: Request) -> Source {
        let site = request.headers[.secFetchSite]
        if let site, site != "same-origin" { return .foreign }
        guard let claimed = request.headers[.origin] else { return site == nil ? .unsaid : .own }
        return isOwn(claimed, request) ? .own : .foreign
    }

    /// - Throws: ``ServiceError`` `.forbidden` unless `request` only reads, or is one of our own pages'.
    func checkCookieMayAct(in request: Request) throws {
        guard !request.isSafe, source(of: request) != .own else { return }
        throw ServiceError.forbidden(
            "what browsers send by themselves, as a cookie, changes something only from a page of this service: "
                + "send 'Origin', or use an access token or API key")
    }

    /// For what anybody may do, and browsers take a cookie home from: nobody is to be signed in by another site.
    func checkNotForeign(_ request: Request) throws {
        guard !request.isSafe, source(of: request) == .foreign, !allowed.contains(request.headers[.origin]) else {
            return
        }
        throw ServiceError.forbidden("this request was sent by a page of another site: open the service itself")
    }

    /// For forms of pages: a browser that sends one says where it comes from.
    func checkOwnForm(_ request: Request) throws {
        guard source(of: request) == .own else {
            throw ServiceError.forbidden("this form is not one of this service: open the page on which it is")
        }
    }

    /// For streams that a browser opens by itself: another site's page could read a socket, and use up the account's places.
    func checkMayFollow(_ request: Request) throws {
        let source = source(of: request)
        guard source == .own || (source == .unsaid && !request.offersWebSocket) else {
            throw ServiceError.forbidden(
                "with a cookie this is opened only from a page of this service: use an access token or API key")
        }
    }

    private func isOwn(_ claimed: String, _ request: Request) -> Bool {
        if let origin { return claimed.lowercased() == origin.lowercased() }
        guard let authority = request.head.authority, !authority.isEmpty else { return false }
        return ["http://", "https://"].contains { claimed.lowercased() == ($0 + authority).lowercased() }
    }
}

extension Request {
    /// Whether the method promises to change nothing (RFC 9110 §9.2.1).
    var isSafe: Bool { [.get, .head, .options].contains(method) }
}

extension HTTPField.Name {
    static let secFetchSite = named("Sec-Fetch-Site")
}
