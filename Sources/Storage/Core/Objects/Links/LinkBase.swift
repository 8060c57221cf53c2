import Foundation

/// Below what links are served: `https://api.example.com/objects`; or `/objects`, where whoever hands the links on puts
/// the address before them under which he was reached.
public struct LinkBase: Equatable, Sendable {
    /// Without a slash at its end.
    public let text: String
    /// Percent-encoded; empty, or from the first `/`.
    public let path: String
    /// Whether it says on which host the links are served.
    public let hasHost: Bool

    /// - Throws: ``ObjectStoreError/refused(_:)``, never with the text, which may hold a password.
    public init(_ text: String) throws(ObjectStoreError) {
        let text = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard let url = URLComponents(string: text), url.query == nil, url.fragment == nil, url.user == nil else {
            throw Self.fault
        }
        hasHost = ["http", "https"].contains(url.scheme) && url.host?.isEmpty == false
        guard hasHost || url.scheme == nil && url.host == nil && url.port == nil && text.hasPrefix("/") else {
            throw Self.fault
        }
        (self.text, path) = (text, url.percentEncodedPath)
    }

    private static let fault = ObjectStoreError.refused(
        "the base of links is a path, or an http or https URL without user, query and fragment")
}
