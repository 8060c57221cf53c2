import Auth
import Storage

/// Where a browser goes after it was at the provider's: always one of our own pages.
struct ReturnAddress {
    /// `https://sounds.example.com`.
    let site: String

    /// - Parameters:
    ///   - site: as configured.
    ///   - origin: as the client reached the service, where nothing is configured.
    init(site: String?, servedAt origin: String?) throws(ServiceError) {
        guard let site = site ?? origin else {
            throw .invalid(field: "Host", "the request does not say which host it wants: send 'Host'")
        }
        self.site = site
    }

    /// - Parameter path: of one of our pages; what is none, or nil, leads to the standard one.
    func url(_ path: String?, standard: String) -> String {
        let own = path.map { $0.hasPrefix(site + "/") ? String($0.dropFirst(site.count)) : $0 }
        let next = OwnPath(next: own)
        return site + (next == .home ? standard : next.text)
    }
}
