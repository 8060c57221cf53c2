/// What the headers of a part say.
struct MultipartPart: Equatable, Sendable {
    /// The form field.
    let name: String
    /// Nil when the field is not a file.
    let filename: String?

    init(headers: [String]) throws(MultipartError) {
        let disposition = headers.first { $0.lowercased().hasPrefix("content-disposition:") }
        guard let disposition else { throw .malformed("a part without Content-Disposition") }
        let value = disposition.drop { $0 != ":" }.dropFirst()
        let parameters = HeaderParameters(String(value))
        guard parameters.value.lowercased() == "form-data", let name = parameters["name"] else {
            throw .malformed("a part without a field name")
        }
        (self.name, filename) = (name, parameters["filename"])
    }
}

/// A header value with parameters: `form-data; name="audio"; filename="a \"b\".wav"`.
struct HeaderParameters {
    let value: String
    private let parameters: [String: String]

    init(_ text: String) {
        var rest = Substring(text)
        value = String(Self.token(&rest, until: ";")).trimmed
        var parameters: [String: String] = [:]
        while rest.first == ";" {
            rest.removeFirst()
            let name = String(Self.token(&rest, until: "=", ";")).trimmed.lowercased()
            guard rest.first == "=" else { continue }
            rest.removeFirst()
            let value =
                rest.drop(while: \.isWhitespace).first == "\"" ? Self.quoted(&rest) : Self.token(&rest, until: ";")
            // The first one counts: a second cannot hide it.
            if !name.isEmpty, parameters[name] == nil { parameters[name] = String(value) }
        }
        self.parameters = parameters.mapValues(\.trimmed)
    }

    subscript(name: String) -> String? { parameters[name] }

    private static func token(_ rest: inout Substring, until ends: Character...) -> Substring {
        let token = rest.prefix { !ends.contains($0) }
        rest = rest.dropFirst(token.count)
        return token
    }

    /// Up to the closing quote; a backslash stands before a quote or a backslash only, as browsers leave others alone.
    private static func quoted(_ rest: inout Substring) -> Substring {
        rest = rest.drop(while: \.isWhitespace).dropFirst()
        var value = ""
        while let character = rest.popFirst(), character != "\"" {
            if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
                rest.removeFirst()
                value.append(next)
            } else {
                value.append(character)
            }
        }
        rest = rest.drop { $0 != ";" }
        return Substring(value)
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
