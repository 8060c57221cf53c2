import Foundation
import Testing

/// The cases of `http/ranges.json`.
struct RangeCase: Sendable, CustomTestStringConvertible {
    /// The header; nil for a request without it.
    let range: String?
    let size: Int
    /// Any of them is right.
    let statuses: Set<Int>
    let contentRange: String?

    var testDescription: String { "\(range?.prefix(40) ?? "none") of \(size)" }

    static func all() throws -> [RangeCase] {
        let file = try #require(try Vectors.own("http/ranges.json") as? [String: Any])
        return try #require(file["cases"] as? [[String: Any]]).map { json in
            let text = json["range"] as? String
            let isSeveral = text?.contains(",") == true
            let said = "\(try #require(json["status"]))".matches(of: /\d{3}/).compactMap { Int($0.output) }
            return RangeCase(
                range: text, size: try #require(json["size"] as? Int),
                // Of several ranges the vectors take the whole file as well.
                statuses: Set(isSeveral ? said + [200] : said), contentRange: json["content_range"] as? String)
        }
    }
}
