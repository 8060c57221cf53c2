import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import StrictJSON
import WaxwingService

extension Request {
    /// The JSON body, of which everything must be known.
    ///
    /// - Parameters:
    ///   - limit: bytes.
    ///   - keys: how `type` calls its members: as Swift does, or as clients write them.
    ///   - more: members that the address says, where the body does not.
    /// - Throws: ``JSONFlaw`` for what is no JSON; ``JSONRefusal`` for members that `type` does not ask for; ``InvalidRequest``
    ///   naming the first field that is missing or has the wrong type.
    func json<Value: Decodable>(
        as type: Value.Type = Value.self, upTo limit: Int = 64 << 10,
        keys: JSONDecoder.KeyDecodingStrategy = .convertFromSnakeCase, adding more: [String: String] = [:]
    ) async throws -> Value {
        try checkIsJSON()
        let bytes = try await bytes(upTo: limit)
        let names = try JSONGuard.check(bytes)
        let whole = try Self.adding(more.filter { !names.contains($0.key) }, to: bytes, isEmpty: names.isEmpty)
        let form = try Self.watch(type, from: whole, keys)
        if let known = form.names {
            let unknown = names.filter { !known.contains($0) }
            guard unknown.isEmpty else { throw JSONRefusal.unknown(unknown) }
        }
        return form.value
    }

    /// For bodies that may be left out.
    var hasNoBody: Bool {
        headers[.transferEncoding] == nil && (headers[.contentLength].flatMap(Int.init) ?? 0) == 0
    }

    /// No type is JSON, and so is the type that curl gives to all that it sends. Who asks a browser for that one is asked
    /// where the page is from, as with every other.
    private func checkIsJSON() throws(ServiceError) {
        guard let text = headers[.contentType] else { return }
        let type = HeaderParameters(text).value.lowercased()
        let isJSON = type == "application/json" || type.hasPrefix("application/") && type.hasSuffix("+json")
        guard isJSON || type == "application/x-www-form-urlencoded" else {
            throw .unsupportedMedia("the body must be JSON: send it as 'Content-Type: application/json'")
        }
    }

    private func bytes(upTo limit: Int) async throws -> [UInt8] {
        if let length = headers[.contentLength].flatMap(Int.init), length > limit { throw HTTPError(.contentTooLarge) }
        do {
            return Array(try await body.collect(upTo: limit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw HTTPError(.contentTooLarge)
        }
    }

    /// - Parameters:
    ///   - bytes: JSON that was looked at; what is no object stays as it is.
    ///   - isEmpty: whether the object has no members.
    private static func adding(_ more: [String: String], to bytes: [UInt8], isEmpty: Bool) throws -> [UInt8] {
        guard !more.isEmpty, let start = bytes.firstIndex(where: { $0 > 0x20 }), bytes[start] == UInt8(ascii: "{")
        else { return bytes }
        var whole = Array(bytes[...start])
        whole += try JSONEncoder().encode(more).dropFirst().dropLast()
        if !isEmpty { whole.append(UInt8(ascii: ",")) }
        return whole + bytes[(start + 1)...]
    }

    private static func watch<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], _ keys: JSONDecoder.KeyDecodingStrategy
    ) throws -> Watched<Value> {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = keys
        do {
            return try decoder.decode(Watched<Value>.self, from: Data(bytes))
        } catch DecodingError.keyNotFound(let key, _) {
            let field = key.stringValue.snakeCased
            throw InvalidRequest(field: field, message: "'\(field)' is missing")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            guard let field = context.fieldName else {
                throw InvalidRequest(field: nil, message: "the body must be a JSON object")
            }
            throw InvalidRequest(field: field, message: "'\(field)' has the wrong type")
        } catch DecodingError.dataCorrupted(let context) {
            // It is JSON, so it is a value that the field cannot have.
            guard let field = context.fieldName else {
                throw InvalidRequest(field: nil, message: "the body has a value that cannot be read")
            }
            if let choices = Schema.choices(of: type, at: context.codingPath) {
                throw InvalidRequest(field: field, choices: choices)
            }
            throw InvalidRequest(field: field, message: "'\(field)' has a value that it cannot have")
        }
    }
}

extension DecodingError.Context {
    /// The innermost member; an item of a list has its list's name.
    fileprivate var fieldName: String? { codingPath.last { $0.intValue == nil }?.stringValue.snakeCased }
}
