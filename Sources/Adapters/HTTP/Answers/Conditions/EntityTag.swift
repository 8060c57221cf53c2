/// The name of one version of what a route answers (RFC 9110 §8.8.3).
struct EntityTag: Equatable, Sendable {
    /// Between the quotes.
    let opaque: String
    /// Whether versions of one name may differ in bytes, not in meaning.
    let isWeak: Bool

    init(_ opaque: String, isWeak: Bool = false) {
        (self.opaque, self.isWeak) = (opaque, isWeak)
    }

    var text: String { "\(isWeak ? "W/" : "")\"\(opaque)\"" }

    /// Byte for byte the same: for ranges, and for what may change something.
    func isSame(as other: EntityTag) -> Bool { !isWeak && !other.isWeak && opaque == other.opaque }

    /// As good as the same: for what is only read.
    func isEquivalent(to other: EntityTag) -> Bool { opaque == other.opaque }
}

/// The value of `If-Match` and `If-None-Match`.
enum EntityTagList: Equatable, Sendable {
    /// `*`: whatever is there.
    case any
    case tags([EntityTag])

    /// What cannot be read is no tag, and so the same as none.
    init(_ text: String) {
        if text.trimmingBlanks == "*" {
            self = .any
            return
        }
        var (rest, tags) = (Substring(text), [EntityTag]())
        while true {
            rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "," }
            guard let tag = EntityTag(readingFrom: &rest) else { break }
            tags.append(tag)
        }
        self = .tags(tags)
    }
}

extension EntityTag {
    /// Nil unless `text` is one tag.
    init?(_ text: some StringProtocol) {
        var rest = Substring(text.trimmingBlanks)
        self.init(readingFrom: &rest)
        guard rest.isEmpty else { return nil }
    }

    fileprivate init?(readingFrom rest: inout Substring) {
        var text = rest
        isWeak = text.hasPrefix("W/")
        if isWeak { text = text.dropFirst(2) }
        guard text.first == "\"" else { return nil }
        let inside = text.dropFirst().prefix { $0 != "\"" }
        guard inside.endIndex != text.endIndex,
            inside.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F })
        else { return nil }
        opaque = String(inside)
        rest = text[text.index(after: inside.endIndex)...]
    }
}
