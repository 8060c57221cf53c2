import Foundation
import NIOHTTP1
import Storage

/// An object's attributes, and what the store itself keeps beside it, as headers.
///
/// Names of lower-case letters, digits and `-` with a value of visible ASCII are metadata like any other
/// (`x-amz-meta-title: Take 7`). All else — other names, Unicode, empty values, control characters, a content type that
/// no header can carry — goes as JSON in base64url into `x-amz-meta-waxwing-more`. Servers take about 2 KB of it all.
struct ObjectHeaders: Equatable, Sendable {
    var attributes: ObjectAttributes
    /// Of the whole object, hexadecimal; nil for one that was not put through here.
    var sha256: String?
    /// When it was put, by the clock of who put it; nil as above.
    var modified: Timestamp?
    /// Tells one put from all others: whether it was this one that won, after its answer was lost.
    var put: String?

    private struct More: Codable {
        var contentType: String?
        var cacheControl: String?
        var metadata: [String: String] = [:]

        var isEmpty: Bool { contentType == nil && cacheControl == nil && metadata.isEmpty }
    }

    private static let prefix = "x-amz-meta-"
    private static let own = "x-amz-meta-waxwing-"

    init(_ attributes: ObjectAttributes, sha256: String? = nil, modified: Timestamp? = nil, put: String? = nil) {
        (self.attributes, self.sha256, self.modified, self.put) = (attributes, sha256, modified, put)
    }

    /// A put of now, with a mark of its own.
    static func put(_ attributes: ObjectAttributes, sha256: String?, at now: Timestamp) -> ObjectHeaders {
        ObjectHeaders(
            attributes, sha256: sha256, modified: now, put: String(UInt64.random(in: .min ... .max), radix: 16))
    }

    var fields: [SignableRequest.Field] {
        var more = More()
        var fields: [SignableRequest.Field] = []
        if Self.isPlain(attributes.contentType) {
            fields.append(.init("Content-Type", attributes.contentType))
        } else {
            more.contentType = attributes.contentType
            fields.append(.init("Content-Type", "application/octet-stream"))
        }
        if let cacheControl = attributes.cacheControl {
            if Self.isPlain(cacheControl) {
                fields.append(.init("Cache-Control", cacheControl))
            } else {
                more.cacheControl = cacheControl
            }
        }
        for (name, value) in attributes.metadata.sorted(by: { $0.key < $1.key }) {
            if Self.isPlainName(name), Self.isPlain(value) {
                fields.append(.init(Self.prefix + name, value))
            } else {
                more.metadata[name] = value
            }
        }
        if !more.isEmpty { fields.append(.init(Self.own + "more", Self.encode(more))) }
        if let sha256 { fields.append(.init(Self.own + "sha256", sha256)) }
        if let modified { fields.append(.init(Self.own + "modified", modified.description)) }
        if let put { fields.append(.init(Self.own + "put", put)) }
        return fields
    }

    init(_ headers: HTTPHeaders) {
        attributes = ObjectAttributes(
            contentType: headers.first(name: "Content-Type") ?? "application/octet-stream",
            cacheControl: headers.first(name: "Cache-Control"))
        for (name, value) in headers {
            let name = name.lowercased()
            guard name.hasPrefix(Self.prefix) else { continue }
            switch name {
            case Self.own + "sha256": sha256 = value
            case Self.own + "modified": modified = Timestamp(value)
            case Self.own + "put": put = value
            case Self.own + "more":
                guard let more = Self.decode(value) else { continue }
                attributes.contentType = more.contentType ?? attributes.contentType
                attributes.cacheControl = more.cacheControl ?? attributes.cacheControl
                attributes.metadata.merge(more.metadata) { $1 }
            default: attributes.metadata[String(name.dropFirst(Self.prefix.count))] = value
            }
        }
    }

    /// Visible ASCII, with spaces only inside and one at a time: signatures see a run of them as one.
    private static func isPlain(_ value: String) -> Bool {
        !value.isEmpty && value.utf8.isPrintableASCII && !value.hasPrefix(" ")
            && !value.hasSuffix(" ") && !value.contains("  ")
    }

    private static func isPlainName(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count) && !name.hasPrefix("waxwing-")
            && name.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
            }
    }

    private static func encode(_ more: More) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Strings only: encoding them cannot fail.
        return Base64URL.encode(Array((try? encoder.encode(more)) ?? Data()))
    }

    private static func decode(_ text: String) -> More? {
        Base64URL.decode(text).flatMap { try? JSONDecoder().decode(More.self, from: Data($0)) }
    }
}
