import HTTPTypes
import Storage
import StrictJSON

/// What may stand behind the `?` of a path.
struct QueryParameter: Sendable {
    let name: String
    let schema: Schema
    let meaning: String
    var isRequired = false

    init(_ name: String, _ schema: Schema = .string(), _ meaning: String, isRequired: Bool = false) {
        (self.name, self.schema, self.meaning, self.isRequired) = (name, schema, meaning, isRequired)
    }

    static let limit = QueryParameter(
        "limit", .integer(1...PageRequest.largest), "Items a page; 50 where it is left out.")
    static let cursor = QueryParameter("cursor", .string(), "`meta.next_cursor` of the page before.")
}

/// A header of a request that a route asks for, beside those that all know.
struct HeaderParameter: Sendable {
    let name: HTTPField.Name
    let schema: Schema
    let meaning: String
    var isRequired = false
}

/// A form of a body, of a request or an answer.
struct MediaDescription: Sendable {
    let type: String
    let schema: @Sendable (SchemaComponents) throws -> Schema
    let example: (@Sendable () throws -> JSONValue)?

    init(
        _ type: String, example: (@Sendable () throws -> JSONValue)? = nil,
        schema: @escaping @Sendable (SchemaComponents) throws -> Schema
    ) {
        (self.type, self.schema, self.example) = (type, schema, example)
    }

    /// A value in the envelope.
    static func json<View: Described>(_ type: View.Type) -> MediaDescription {
        MediaDescription(
            "application/json",
            example: { try JSONValue(encoding: Envelope(success: true, data: View.example, meta: .example)) }
        ) {
            .envelope(try SchemaEncoder.schema(View.example, $0), meta: "Meta")
        }
    }

    static func bytes(_ type: String) -> MediaDescription {
        MediaDescription(type) { _ in .string(format: "binary") }
    }

    static func text(_ type: String) -> MediaDescription { MediaDescription(type) { _ in .string() } }
}

/// What a request brings.
struct BodyDescription: Sendable {
    let isRequired: Bool
    let media: [MediaDescription]

    static func json<Body: DescribedBody>(_ type: Body.Type, isRequired: Bool = true) -> BodyDescription {
        BodyDescription(
            isRequired: isRequired,
            media: [
                MediaDescription("application/json", example: { try JSONValue(encoding: Body.example) }) {
                    try $0.closedReference(to: type)
                }
            ])
    }

    /// A form with a file, and fields beside it.
    static func form(file: String, _ fields: [Schema.Member] = []) -> BodyDescription {
        BodyDescription(
            isRequired: true,
            media: [
                MediaDescription("multipart/form-data") { _ in
                    let file = Schema.Member(name: file, schema: .string(format: "binary"), isRequired: true)
                    return .object([file] + fields)
                }
            ])
    }

    static func media(_ media: MediaDescription...) -> BodyDescription {
        BodyDescription(isRequired: true, media: media)
    }
}

/// One of the answers to a request that succeeds. What those say that do not is the same everywhere.
struct AnswerDescription: Sendable {
    let status: HTTPResponse.Status
    let media: [MediaDescription]

    init(_ status: HTTPResponse.Status = .ok, _ media: MediaDescription...) {
        (self.status, self.media) = (status, media)
    }

    /// A value in the envelope.
    static func json<View: Described>(_ type: View.Type, _ status: HTTPResponse.Status = .ok) -> AnswerDescription {
        AnswerDescription(status, .json(type))
    }

    /// A page of a list in the envelope.
    static func page<View: Described>(_ type: View.Type) -> AnswerDescription {
        AnswerDescription(
            .ok,
            MediaDescription(
                "application/json",
                example: {
                    var meta = EnvelopeMeta.example
                    meta.nextCursor = .some(nil)
                    return try JSONValue(encoding: Envelope(success: true, data: [View.example], meta: meta))
                }
            ) {
                .envelope(.list(try $0.reference(to: type)), meta: "PageMeta")
            })
    }
}

extension [AnswerDescription] {
    /// Bytes, whole or in part.
    static func file(_ type: String) -> [AnswerDescription] {
        [AnswerDescription(.ok, .bytes(type)), AnswerDescription(.partialContent, .bytes(type))]
    }
}

extension Schema {
    static func envelope(_ data: Schema, meta: String) -> Schema {
        .object([
            Member(name: "success", schema: .boolean, isRequired: true),
            Member(name: "data", schema: data, isRequired: true),
            Member(name: "meta", schema: .reference(meta), isRequired: true),
        ])
    }
}
