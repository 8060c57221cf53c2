import Foundation
import Hummingbird
import Storage

extension Request {
    /// How the client reached this server: for links of a server that was not told its address. Nil when it does not say.
    func origin(in context: APIContext) -> String? {
        guard let authority = head.authority, let url = URLComponents(string: "http://\(authority)"),
            url.host?.isEmpty == false, url.user == nil, url.path.isEmpty, url.query == nil, url.fragment == nil
        else { return nil }
        return "\(context.client?.scheme ?? .http)://\(authority)"
    }
}

extension PresignedRequest {
    /// - Parameter origin: put before a link that is a path.
    func url(servedAt origin: String?) -> String { url.hasPrefix("/") ? (origin ?? "") + url : url }
}
