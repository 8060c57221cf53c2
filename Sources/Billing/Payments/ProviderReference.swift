import Storage

/// What a payment provider calls one of its things: `cus_…`, `sub_…`, `in_…`.
public struct ProviderReference<Entity>: Hashable, Sendable {
    public let text: String

    /// Nil unless `text` is 1 to 255 visible ASCII characters.
    public init?(_ text: String) {
        guard (1...255).contains(text.utf8.count), text.utf8.isVisibleASCII else {
            return nil
        }
        self.text = text
    }
}

extension ProviderReference: CustomStringConvertible {
    public var description: String { text }
}

extension ProviderReference: Codable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let reference = ProviderReference(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text.prefix(40))' is no reference"))
        }
        self = reference
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension ProviderReference: SQLConvertible {
    public var sqlValue: SQLValue { .text(text) }

    public init?(sqlValue: SQLValue) {
        guard case .text(let text) = sqlValue else { return nil }
        self.init(text)
    }
}

public enum Customer {}
public enum Price {}

public typealias CustomerID = ProviderReference<Customer>
public typealias SubscriptionID = ProviderReference<Subscription>
public typealias InvoiceID = ProviderReference<Invoice>
public typealias EventID = ProviderReference<PaymentEvent>
/// A price by the name that the plan file gives it, at the provider its lookup key: `pro-month-1`.
public typealias PriceName = ProviderReference<Price>
