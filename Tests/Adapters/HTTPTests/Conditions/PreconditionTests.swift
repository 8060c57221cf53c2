import Foundation
import HTTPTypes
import Storage
import Testing

@testable import WaxwingHTTP

@Suite struct PreconditionTests {
    private let now = Timestamp(milliseconds: 1_795_235_420_123)
    private var version: Validators { Validators(EntityTag("same"), modified: now - .seconds(100)) }

    private func verdict(
        _ headers: HTTPFields, _ method: HTTPRequest.Method = .get, exists: Bool = true
    ) -> Preconditions.Verdict {
        Preconditions(method, headers).verdict(for: exists ? version : nil, at: now)
    }

    /// As the vectors write tags: `same`, `W/same`, `"a", same`.
    private func header(_ text: String) -> String {
        text.split(separator: ", ").map { part in
            part == "*" || part.contains("\"")
                ? String(part)
                : part.hasPrefix("W/") ? "W/\"\(part.dropFirst(2))\"" : "\"\(part)\""
        }.joined(separator: ", ")
    }

    @Test func `every condition of the vectors is decided as RFC 9110 has it`() throws {
        let file = try #require(try Vectors.own("http/ranges.json") as? [String: Any])
        let cases = try #require(file["conditional"] as? [[String: Any]])
        #expect(cases.count == 17)
        for json in cases {
            let name = try #require(json["name"] as? String)
            var headers: HTTPFields = [:]
            for (field, member) in [
                (HTTPField.Name.ifRange, "if_range"), (.ifNoneMatch, "if_none_match"), (.ifMatch, "if_match"),
            ] {
                headers[field] = (json[member] as? String).map(header)
            }
            let method: HTTPRequest.Method = json["method"] as? String == "PUT" ? .put : .get
            // What the names alone say.
            switch name {
            case "If-Modified-Since future": headers[.ifModifiedSince] = (now + .seconds(60)).httpDate
            case "If-None-Match beats If-Modified-Since":
                headers[.ifNoneMatch] = "\"other\""
                headers[.ifModifiedSince] = now.httpDate
            case "PUT If-None-Match * new", "PUT If-None-Match * existing", "100 parallel PUT If-None-Match *":
                headers[.ifNoneMatch] = "*"
            case "PUT If-Match same": headers[.ifMatch] = "\"same\""
            case "PUT If-Match other", "PUT If-Match on missing": headers[.ifMatch] = "\"other\""
            default: break
            }
            let exists = json["exists"] as? Bool ?? !(name.hasSuffix("new") || name.hasSuffix("missing"))
            let conditions = Preconditions(method, headers)
            let status =
                switch conditions.verdict(for: exists ? version : nil, at: now) {
                case .failed: 412
                case .notModified: 304
                case .proceed: json["range"] != nil && conditions.allowsRange(of: version, at: now) ? 206 : 200
                }
            let expected = "\(try #require(json["status"]))"
            switch expected {
            case "by etag only": #expect(status == 200)
            case let text where text.hasPrefix("1 x 200"): #expect(status == 412)  // The next but the first.
            default: #expect(expected.contains("\(status)"), "\(name): \(status)")
            }
        }
    }

    @Test func `a tag says more than a date, and a change is refused before a copy is spared`() {
        let past = (now - .seconds(1000)).httpDate
        #expect(verdict([.ifMatch: "\"same\"", .ifUnmodifiedSince: past]) == .proceed)
        #expect(verdict([.ifMatch: "\"other\"", .ifNoneMatch: "\"same\""]) == .failed)
        #expect(verdict([.ifUnmodifiedSince: past]) == .failed)
        #expect(verdict([.ifUnmodifiedSince: now.httpDate], .put) == .proceed)
        #expect(verdict([.ifNoneMatch: "\"same\"", .ifModifiedSince: past]) == .notModified)
        #expect(verdict([.ifModifiedSince: version.modified?.httpDate ?? ""]) == .notModified)
        #expect(verdict([.ifModifiedSince: past]) == .proceed)
        #expect(verdict([.ifModifiedSince: now.httpDate], .post) == .proceed)
        #expect(verdict([.ifNoneMatch: "*"], .head) == .notModified)
    }

    @Test func `a weak tag is good for reading, and never for changing`() {
        #expect(verdict([.ifNoneMatch: "W/\"same\""]) == .notModified)
        #expect(verdict([.ifMatch: "W/\"same\""]) == .failed)
    }

    @Test(arguments: [
        "same", "\"same", "W/same", "\"sa\u{7F}me\"", "\"same x\"", ", ,", "**", "\"a\" junk \"same\"", "w/\"same\"",
        "",
    ])
    func `what is no tag names nothing: it spares no copy, and lets nothing be changed`(text: String) {
        #expect(verdict([.ifNoneMatch: text]) == .proceed)
        #expect(verdict([.ifMatch: text], .put) == .failed)
    }

    @Test(arguments: ["Sat, 21 Nov 2026 04:30:20", "21 Nov 2026", "0", "soon", ""])
    func `what is no date is no condition`(text: String) {
        #expect(verdict([.ifModifiedSince: text]) == .proceed)
        #expect(verdict([.ifUnmodifiedSince: text], .put) == .proceed)
    }

    @Test func `a date allows a range only of what has been the same for a second`() {
        func allows(_ text: String, modified: Timestamp) -> Bool {
            Preconditions(.get, [.ifRange: text]).allowsRange(of: .init(EntityTag("x"), modified: modified), at: now)
        }
        let earlier = now - .seconds(2)
        #expect(allows(earlier.httpDate, modified: earlier))
        #expect(!allows(now.httpDate, modified: now))
        #expect(!allows((earlier - .seconds(1)).httpDate, modified: earlier))
        #expect(!allows("whenever", modified: earlier))
    }
}
