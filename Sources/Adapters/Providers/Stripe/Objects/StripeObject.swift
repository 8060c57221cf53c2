import Billing
import Storage
import StrictJSON

/// Reads one object of Stripe's, member by member, and says which is wrong. Members that nobody asks for may be anything.
struct StripeObject: Sendable {
    /// The deepest lie in an event about an invoice's lines; a page has a hundred invoices of some seventy members and their lines.
    static let limits = JSONLimits(depth: 32, values: 1_000_000, takesNUL: true)

    private let members: JSONObject

    init(_ members: JSONObject) {
        self.members = members
    }

    /// `null` is as if it were not there.
    private subscript(name: String) -> JSONValue? {
        if case .null? = members[name] { nil } else { members[name] }
    }

    func has(_ name: String) -> Bool { self[name] != nil }

    /// A text that only decides how to go on; nil for anything else.
    func word(_ name: String) -> String? { self[name]?.string }

    func object(_ name: String) throws(PaymentError) -> StripeObject? {
        switch self[name] {
        case nil: return nil
        case .object(let object): return StripeObject(object)
        default: throw Self.wrong(name)
        }
    }

    /// Of a list object: its `data`.
    func list(_ name: String) throws(PaymentError) -> [StripeObject] {
        guard let list = try object(name) else { return [] }
        return try list.objects("data")
    }

    func objects(_ name: String) throws(PaymentError) -> [StripeObject] {
        guard case .array(let values)? = self[name] else { throw Self.wrong(name) }
        var objects: [StripeObject] = []
        for value in values {
            guard case .object(let object) = value else { throw Self.wrong(name) }
            objects.append(StripeObject(object))
        }
        return objects
    }

    /// A text without control characters, of at most `longest` bytes.
    func text(_ name: String, upTo longest: Int = 255) throws(PaymentError) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.string, text.utf8.count <= longest,
            text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw Self.wrong(name) }
        return text
    }

    func bool(_ name: String) throws(PaymentError) -> Bool? {
        switch self[name] {
        case nil: return nil
        case .boolean(let value): return value
        default: throw Self.wrong(name)
        }
    }

    /// A whole number that every JSON reader reads alike: up to 2⁵³.
    func integer(_ name: String) throws(PaymentError) -> Int? {
        guard let value = self[name] else { return nil }
        guard let whole = value.integer.flatMap(Int.init(exactly:)) else { throw Self.wrong(name) }
        return whole
    }

    /// Cents, not below zero.
    func amount(_ name: String) throws(PaymentError) -> Int? {
        guard let amount = try integer(name) else { return nil }
        guard amount >= 0 else { throw Self.wrong(name) }
        return amount
    }

    /// Seconds since 1970, up to the year 9999.
    func moment(_ name: String) throws(PaymentError) -> Timestamp? {
        guard let seconds = try integer(name) else { return nil }
        guard (0...253_402_300_799).contains(seconds) else { throw Self.wrong(name) }
        return Timestamp(milliseconds: Int64(seconds) * 1000)
    }

    /// The name of another object, which stands there by its name or whole.
    func reference<Entity>(_ name: String) throws(PaymentError) -> ProviderReference<Entity>? {
        guard let value = self[name] else { return nil }
        let text = if case .object(let object) = value { object["id"]?.string } else { value.string }
        guard let reference = text.flatMap({ ProviderReference<Entity>($0) }) else { throw Self.wrong(name) }
        return reference
    }

    /// The account that was noted under ``StripeNote/account``; nil for anything else, which other programs may have noted.
    var account: AccountID? {
        get throws(PaymentError) { try object("metadata")?.word(StripeNote.account).flatMap { AccountID($0) } }
    }

    static func wrong(_ name: String) -> PaymentError { .unreadable("'\(name)' is missing or wrong") }
}

extension Optional {
    /// What must be there.
    func needed(_ name: String) throws(PaymentError) -> Wrapped {
        guard let self else { throw StripeObject.wrong(name) }
        return self
    }
}

/// Under which names things are noted in Stripe's metadata.
enum StripeNote {
    static let account = "waxwing_account"
    /// As `pro-month-1:1 room-month-1:3`.
    static let retainedItems = "waxwing_retained_items"
    /// Seconds since 1970.
    static let retainedUntil = "waxwing_retained_until"

    /// - Throws: ``PaymentError/refused(_:)`` for more than Stripe keeps in a note.
    static func text(of items: [Subscription.Item]) throws(PaymentError) -> String {
        let text = items.map { "\($0.price):\($0.quantity)" }.joined(separator: " ")
        guard text.utf8.count <= 500 else {
            throw .refused("there are too many add-ons to change them at the period's end")
        }
        return text
    }

    /// What is no item is left out.
    static func items(_ text: String) -> [Subscription.Item] {
        text.split(separator: " ").compactMap { word in
            guard let colon = word.lastIndex(of: ":"), let price = PriceName(String(word[..<colon])),
                let quantity = Int(word[word.index(after: colon)...]), quantity > 0
            else { return nil }
            return Subscription.Item(price: price, quantity: quantity)
        }
    }
}
