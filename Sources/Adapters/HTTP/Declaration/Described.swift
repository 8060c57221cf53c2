import Storage

/// What requests and answers hold, with an example from which clients learn its form: the schema of a type is what its own
/// encoding of the example shows, so that the two cannot differ.
protocol Described: Encodable, Sendable {
    /// With a value wherever there can be one, and an element in every list.
    static var example: Self { get }
    /// Members that have to be there; nil for those that the example's encoding writes whatever they are.
    static var required: Set<String>? { get }
}

extension Described {
    static var required: Set<String>? { nil }

    /// Of the schema: `Sample` for `SampleView`.
    static var schemaName: String {
        let name = "\(Self.self)"
        return name.hasSuffix("View") ? String(name.dropLast(4)) : name
    }
}

/// What a request brings as JSON.
typealias DescribedBody = Decodable & Described

extension Array: Described where Element: Described {
    static var example: [Element] { [Element.example] }
}

/// For answers that say only that it is done.
struct Nothing: Described {
    static let example = Nothing()
}

/// For answers that name the thing that something was done to.
struct IdentifierView: Described {
    let id: String

    static let example = IdentifierView(id: .exampleID)
}

extension String {
    static let exampleID = "01980c1e-6f0a-7c3e-9b1d-2f6f6d1c8a44"
}

extension Identifier {
    /// The same at each start, so that the document is.
    static var example: Identifier { Identifier(.exampleID) ?? .random() }
}

extension Timestamp {
    static let example = Timestamp(milliseconds: 1_795_284_000_000)
    static let laterExample = Timestamp(milliseconds: 1_795_287_600_000)
}
