import StrictJSON

/// Why a body of JSON is not taken.
enum JSONRefusal: Error, Equatable {
    case flawed(JSONFlaw)
    /// Members that the route does not take.
    case unknown([String])

    /// The innermost member that it concerns, where there is one.
    var field: String? {
        switch self {
        case .flawed(.duplicate(let name)): name.shortened
        case .flawed(.nul(let name)), .flawed(.loneSurrogate(let name)), .flawed(.number(let name)): name?.shortened
        case .flawed: nil
        case .unknown(let names): names.first?.shortened
        }
    }
}

extension JSONRefusal: CustomStringConvertible {
    var description: String {
        switch self {
        case .flawed(let flaw): Self.text(of: flaw)
        case .unknown(let names):
            "\(names.prefix(5).map { "'\($0.shortened)'" }.joined(separator: ", ")) "
                + "\(names.count == 1 ? "is" : "are") not taken here: send only what the route names"
        }
    }

    private static func text(of flaw: JSONFlaw) -> String {
        switch flaw {
        case .tooLong(let limit): "the body is longer than \(limit) bytes: send it in several requests"
        case .notUTF8: "the body is not UTF-8: send JSON in that encoding"
        case .byteOrderMark: "the body begins with a byte order mark: send it without"
        case .malformed(let place): "the body is not JSON, from byte \(place) on: check quotes and commas"
        case .tooDeep(let limit): "the body is nested deeper than \(limit) levels"
        case .tooMany(let limit): "the body has more than \(limit) values: send it in several requests"
        case .duplicate(let name): "'\(name.shortened)' is there twice: send it once"
        case .nul(let name): "\(text(of: name)) has a NUL in it: send it without"
        case .loneSurrogate(let name): "\(text(of: name)) has half of a surrogate pair in it: send whole characters"
        case .number(let name): "\(text(of: name)) is a number too large or too long to be kept as it is"
        }
    }

    private static func text(of name: String?) -> String { name.map { "'\($0.shortened)'" } ?? "the body" }
}

extension String {
    /// Names are the client's, of any length.
    fileprivate var shortened: String { utf8.count <= 64 ? self : String(unicodeScalars.prefix(16)) + "…" }
}
