import Storage

/// A parameter of a request, as deep as Stripe wants it: `["items": [["id": "si_1", "quantity": 2]]]`.
///
/// Written as a form: `items[0][id]=si_1&items[0][quantity]=2`. What is empty is not there; an empty text takes a value away.
///
/// Source: https://docs.stripe.com/api ("form-encoded request bodies"); arrays by index as Stripe's own libraries write them.
indirect enum StripeParameter: Equatable, Sendable {
    case text(String)
    case list([StripeParameter])
    case fields([(name: String, value: StripeParameter)])

    /// Names and values percent-encoded; the brackets are part of the name.
    var form: String {
        pairs(under: "").map { "\(PercentEncoding.encode($0))=\(PercentEncoding.encode($1))" }.joined(separator: "&")
    }

    private func pairs(under name: String) -> [(String, String)] {
        switch self {
        case .text(let text): [(name, text)]
        case .list(let values): values.enumerated().flatMap { $1.pairs(under: "\(name)[\($0)]") }
        case .fields(let fields):
            fields.flatMap { $0.value.pairs(under: name.isEmpty ? $0.name : "\(name)[\($0.name)]") }
        }
    }

    static func == (a: StripeParameter, b: StripeParameter) -> Bool { a.form == b.form }

    static func + (a: StripeParameter, b: StripeParameter) -> StripeParameter {
        guard case .fields(let first) = a, case .fields(let second) = b else { return a }
        return .fields(first + second)
    }
}

extension StripeParameter: ExpressibleByStringInterpolation {
    init(stringLiteral value: String) { self = .text(value) }
}

extension StripeParameter: ExpressibleByIntegerLiteral {
    init(integerLiteral value: Int) { self = .text(String(value)) }
}

extension StripeParameter: ExpressibleByBooleanLiteral {
    init(booleanLiteral value: Bool) { self = .text(value ? "true" : "false") }
}

extension StripeParameter: ExpressibleByArrayLiteral {
    init(arrayLiteral elements: StripeParameter...) { self = .list(elements) }
}

extension StripeParameter: ExpressibleByDictionaryLiteral {
    init(dictionaryLiteral elements: (String, StripeParameter)...) {
        self = .fields(elements.map { (name: $0, value: $1) })
    }
}
