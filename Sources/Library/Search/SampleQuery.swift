import AudioCore
import Storage

/// Which samples of an account are wanted, and in which order. What is left out does not matter.
public struct SampleQuery: Equatable, Sendable {
    /// Words that all have to be there: each begins a word of the filename, of a tag, or the name of the role.
    public var text = ""
    /// Beats per minute; what has no tempo fits none.
    public var tempo: ClosedRange<Double>?
    /// Any of these; ``Key/compatible`` gives those that mix well with one.
    public var keys: Set<Key> = []
    /// All of these.
    public var tags: Set<SampleTag> = []
    /// Any of these.
    public var kinds: Set<SoundKind> = []
    /// Any of these.
    public var roles: Set<Role> = []
    /// Seconds.
    public var duration: ClosedRange<Double>?
    /// What was hidden, instead of what was not.
    public var isHidden = false
    /// Only what was put into this collection by hand.
    public var collection: CollectionID?
    /// The rules of collections that it is to fit as well; whether it is hidden, and the order, are not among them.
    public var rules: [SampleQuery] = []
    public var order = SampleOrder(.added, .descending)

    public init() {}
}

/// How samples are sorted. Equal ones follow in the order of their names as rows, so every order is total.
public struct SampleOrder: Equatable, Sendable {
    public enum Property: String, CaseIterable, Sendable {
        /// When it came into the library.
        case added
        /// The filename, letters of either case and with or without accents alike.
        case name
        /// What has none comes first in rising order.
        case tempo
        /// Around the Camelot wheel, 1A, 1B, 2A …; what has none comes first in rising order.
        case key
        case duration
        /// Integrated loudness; what has none comes first in rising order.
        case loudness
    }

    public enum Direction: String, CaseIterable, Sendable {
        case ascending, descending
    }

    public var property: Property
    public var direction: Direction

    public init(_ property: Property, _ direction: Direction = .ascending) {
        (self.property, self.direction) = (property, direction)
    }
}

extension Key {
    /// Keys that sound well together with this one, itself among them: see ``HarmonicMix``.
    public var compatible: Set<Key> { Set(Key.allCases.filter { HarmonicMix(from: self, to: $0).fits }) }
}
