import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import StrictJSON

extension RemoteService {
    /// What a list has, page by page.
    ///
    /// - Parameter most: nil for all.
    /// - Returns: the items as they came, and whether there are more.
    func items(
        _ path: String, _ query: [(String, String)] = [], atMost most: Int? = nil
    ) async throws -> (items: [JSONValue], hasMore: Bool) {
        var (all, cursor): ([JSONValue], String?) = ([], nil)
        repeat {
            let left = most.map { $0 - all.count } ?? .max
            let page = try await page(path, query + [("limit", "\(min(left, 200))")], after: cursor)
            all += page.items.prefix(left)
            // One that leads nowhere new would be followed for ever.
            cursor = page.next == cursor || page.items.isEmpty ? nil : page.next
        } while cursor != nil && most.map { all.count < $0 } ?? true
        return (all, cursor != nil)
    }

    /// What is answered as a text by itself.
    func text(_ path: String, _ query: [(String, String)]) async throws -> String {
        let response = try await send { request(.GET, path, query) }
        do {
            let body = try await response.body.collect(upTo: 64 << 20)
            guard response.status == .ok else { throw refusal(response, body) }
            return String(buffer: body)
        } catch let problem as ServerProblem {
            throw problem
        } catch {
            try Task.checkCancellation()
            throw ServerProblem("\(address) broke off in the middle of an answer: try again", .unavailable)
        }
    }
}
