import Foundation
import Storage

/// What an HTTP server does with a request by link, without the network.
public struct LinkServer: Sendable {
    public let store: LinkedObjectStore

    public init(store: LinkedObjectStore) {
        self.store = store
    }

    /// Gives a store links of its own.
    public init(over store: any MultipartUploading) throws {
        let secret = [UInt8](repeating: 1, count: SignedLinks.shortestSecret)
        self.init(
            store: LinkedObjectStore(
                store, links: try SignedLinks(base: "http://127.0.0.1/objects", secrets: [secret])))
    }

    /// As any client sends it: the length is that of the body.
    public func send(_ request: PresignedRequest, _ body: [UInt8]) async throws -> (status: Int, body: [UInt8]) {
        guard let url = URLComponents(string: request.url) else { return (400, []) }
        let asked = LinkRequest(
            method: request.method, path: url.percentEncodedPath, query: url.percentEncodedQuery ?? "",
            length: request.method == "PUT" ? body.count : nil, contentType: request.headers["Content-Type"])
        do {
            let link = try store.check(asked)
            guard case .read = link.access else {
                _ = try await store.receive(ByteStream(body), by: link)
                return (200, [])
            }
            let range = request.headers["Range"].flatMap(Self.range)
            return (range == nil ? 200 : 206, try await store.get(link.key, range: range).stream.collected())
        } catch is SignedLinkRefusal {
            return (403, [])
        } catch ObjectStoreError.conditionFailed {
            return (412, [])
        }
    }

    /// `bytes=first-last`.
    private static func range(_ header: String) -> ByteRange? {
        let bounds = header.split(separator: "=").last?.split(separator: "-").compactMap { Int($0) } ?? []
        return bounds.count == 2 ? .closed(bounds[0], bounds[1]) : nil
    }
}
