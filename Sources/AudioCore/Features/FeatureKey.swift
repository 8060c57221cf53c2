/// A key of the one flat JSON object that features are written as.
struct FeatureKey: CodingKey, ExpressibleByStringLiteral, Sendable {
    let stringValue: String

    init(stringValue: String) { self.stringValue = stringValue }
    init(stringLiteral value: String) { stringValue = value }

    var intValue: Int? { nil }
    init?(intValue: Int) { nil }

    /// Where the standard deviation of this value goes.
    var deviation: FeatureKey { FeatureKey(stringValue: stringValue + "_std") }
}

/// The flat object: each topic writes and reads its own keys of it.
enum FeatureContainer {
    typealias Encoding = KeyedEncodingContainer<FeatureKey>
    typealias Decoding = KeyedDecodingContainer<FeatureKey>
}
