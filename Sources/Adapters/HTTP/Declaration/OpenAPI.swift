import Foundation
import HTTPTypes
import NIOCore
import StrictJSON

/// The description of the routes that programs read (OpenAPI 3.1.1).
struct OpenAPI {
    let document: JSONValue
    /// Schema names that two types share; none, or clients would mix them up.
    let collisions: Set<String>

    /// - Parameter server: where the routes are; nil for wherever the document was read.
    /// - Throws: what an example throws that cannot be encoded.
    init(_ routes: [Route], server: String?, version: String) throws {
        let components = SchemaComponents()
        var paths: [String: JSONObject] = [:]
        for route in routes where route.access != .page {
            paths[route.documentedPath, default: [:]][route.method.rawValue.lowercased()] =
                try Self.operation(route, components)
        }
        var schemas = components.json
        schemas.merge(Self.envelopeSchemas) { _, own in own }
        document = [
            "openapi": "3.1.1",
            "info": [
                "title": "Waxwing", "version": .string(version),
                "description": .string(Self.introduction),
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": .string(server ?? "/")]],
            "tags": .array(
                Set(routes.filter { $0.access != .page }.map(\.chapter)).sorted().map { ["name": .string($0)] }),
            "paths": .object(JSONObject(paths.mapValues(JSONValue.object))),
            "components": [
                "schemas": .object(JSONObject(schemas)),
                "responses": ["Failure": Self.failure],
                "securitySchemes": [
                    "accessToken": ["type": "http", "scheme": "bearer"],
                    "apiKey": ["type": "apiKey", "in": "header", "name": "X-API-Key"],
                    "session": ["type": "apiKey", "in": "cookie", "name": "__Host-waxwing_session"],
                ],
            ],
        ]
        collisions = components.collisions
    }

    static let introduction = """
        Every JSON answer is an envelope: `success`, `data` or `error`, and `meta`. Times are RFC 3339 in UTC. \
        Lists are paged: `limit` items a page, the next one by the `cursor` from `meta.next_cursor`. Requests that change \
        something take an `Idempotency-Key`: sent again with the same key, they are answered as before and do nothing twice. \
        What is read has an `ETag`: sent back as `If-None-Match`, it is answered with 304 while nothing has changed. Bodies \
        are JSON with the members named here and no others; parameters that a route does not know are passed over, and one \
        that is there twice is refused.
        """

    private static func operation(_ route: Route, _ components: SchemaComponents) throws -> JSONValue {
        var operation: JSONObject = [
            "operationId": .string(route.name), "summary": .string(route.summary), "tags": [.string(route.chapter)],
        ]
        var parameters = route.pathParameters.map(Self.pathParameter)
        parameters += route.query.map(Self.queryParameter)
        parameters += route.headers.map(Self.headerParameter)
        if route.takesIdempotencyKey { parameters.append(Self.idempotencyKey) }
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if let body = route.body {
            operation["requestBody"] = [
                "required": .boolean(body.isRequired), "content": try content(body.media, components),
            ]
        }
        var responses: JSONObject = ["default": ["$ref": "#/components/responses/Failure"]]
        for answer in route.answers {
            var response: JSONObject = ["description": .string(answer.status.reasonPhrase)]
            if !answer.media.isEmpty { response["content"] = try content(answer.media, components) }
            responses[String(answer.status.code)] = .object(response)
        }
        operation["responses"] = .object(responses)
        operation["security"] =
            route.access.needsSignIn ? [["accessToken": []], ["apiKey": []], ["session": []]] : []
        return .object(operation)
    }

    private static func content(_ media: [MediaDescription], _ components: SchemaComponents) throws -> JSONValue {
        var content: JSONObject = [:]
        for form in media {
            var described: JSONObject = ["schema": try form.schema(components).json]
            if let example = try form.example?() { described["example"] = example }
            content[form.type] = .object(described)
        }
        return .object(content)
    }

    private static func pathParameter(_ name: String) -> JSONValue {
        ["name": .string(name), "in": "path", "required": true, "schema": ["type": "string"]]
    }

    private static func queryParameter(_ parameter: QueryParameter) -> JSONValue {
        [
            "name": .string(parameter.name), "in": "query", "required": .boolean(parameter.isRequired),
            "description": .string(parameter.meaning), "schema": parameter.schema.json,
        ]
    }

    private static func headerParameter(_ parameter: HeaderParameter) -> JSONValue {
        [
            "name": .string(parameter.name.rawName), "in": "header", "required": .boolean(parameter.isRequired),
            "description": .string(parameter.meaning), "schema": parameter.schema.json,
        ]
    }

    private static let idempotencyKey: JSONValue = [
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": "Makes it safe to send the request again: 1 to 255 printable characters, good for a day.",
        "schema": ["type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"],
    ]

    private static let failure: JSONValue = [
        "description": "It did not succeed; `error.code` says why.",
        "content": [
            "application/json": [
                "schema": ["$ref": "#/components/schemas/Failure"],
                "example": [
                    "success": false,
                    "error": [
                        "code": "NOT_FOUND", "message": "there is no such sample: list yours to see which there are",
                    ],
                    "meta": [
                        "request_id": .string(.exampleID), "timestamp": "2026-11-21T18:00:00.000Z", "version": "v1",
                    ],
                ],
            ]
        ],
    ]

    /// Of the envelope, which is encoded by hand.
    private static let envelopeSchemas: [String: JSONValue] = {
        let (text, time) = (Schema.string(), Schema.string(format: "date-time"))
        func required(_ name: String, _ schema: Schema) -> Schema.Member {
            .init(name: name, schema: schema, isRequired: true)
        }
        func optional(_ name: String, _ schema: Schema) -> Schema.Member {
            .init(name: name, schema: schema, isRequired: false)
        }
        let meta = [required("request_id", text), required("timestamp", time), required("version", .oneOf(["v1"]))]
        let details: Schema = .object([
            required("unit", text), required("limit", .integer()), required("used", .nullable(.integer())),
            required("requested", .nullable(.integer())), required("resets_at", .nullable(time)),
        ])
        let error: Schema = .object([
            required("code", .oneOf(Failure.codes)), required("message", text), optional("field", text),
            optional("details", details),
        ])
        return [
            "Meta": Schema.object(meta).json,
            "PageMeta": Schema.object(meta + [required("next_cursor", .nullable(text))]).json,
            "Failure": Schema.object([
                required("success", .boolean), required("error", error), required("meta", .reference("Meta")),
            ]).json,
        ]
    }()
}

extension Route {
    /// See ``Idempotency``.
    var takesIdempotencyKey: Bool {
        (access == .open || access.needsSignIn) && [.post, .put, .patch, .delete].contains(method)
    }
}

extension JSONValue {
    /// - Throws: what `value` throws.
    init(encoding value: some Encodable) throws {
        try self.init(reading: Array(JSONWriter.bytes(of: value).readableBytesView))
    }
}
