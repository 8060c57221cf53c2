import Foundation
import Hummingbird
import NIOCore
import Storage

extension Request {
    /// The JSON body.
    ///
    /// - Throws: ``InvalidRequest`` naming the first field that is missing or has the wrong type.
    func json<Value: Decodable>(as type: Value.Type = Value.self) async throws -> Value {
        let buffer: ByteBuffer
        do {
            buffer = try await body.collect(upTo: 64 << 10)
        } catch is NIOTooManyBytesError {
            throw HTTPError(.contentTooLarge)
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(type, from: Data(buffer.readableBytesView))
        } catch DecodingError.keyNotFound(let key, _) {
            throw InvalidRequest(field: key.stringValue, message: "'\(key.stringValue)' is missing")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            guard let field = context.codingPath.last?.stringValue else {
                throw InvalidRequest(field: nil, message: "the body must be a JSON object")
            }
            throw InvalidRequest(field: field, message: "'\(field)' has the wrong type")
        } catch {
            throw InvalidRequest(field: nil, message: "the body is not JSON: check quotes and commas")
        }
    }

    /// `?limit=&cursor=`.
    func page(of owner: AccountID, list: String) throws -> PageRequest {
        let parameters = uri.queryParameters
        var limit = 50
        if let text = parameters["limit"] {
            guard let number = Int(text), (1...PageRequest.largest).contains(number) else {
                throw InvalidRequest(
                    field: "limit", message: "'limit' must be a number from 1 to \(PageRequest.largest)")
            }
            limit = number
        }
        guard let text = parameters["cursor"] else { return PageRequest(limit: limit) }
        guard let cursor = PageCursor(String(text), for: owner, list: list) else {
            throw InvalidRequest(
                field: "cursor", message: "'cursor' is not one of this list: take it from 'meta.next_cursor'")
        }
        return PageRequest(limit: limit, after: cursor)
    }
}

extension APIContext {
    /// The `:id` of the route. One that is no identifier can be nobody's, which looks the same as another's.
    func identifier<Entity>(_ missing: @autoclosure () -> any Error) throws -> Identifier<Entity> {
        guard let id = parameters.get("id").flatMap(Identifier<Entity>.init) else { throw missing() }
        return id
    }
}
