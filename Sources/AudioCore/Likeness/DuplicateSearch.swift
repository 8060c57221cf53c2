/// Finds the copies of one recording among many sounds, without comparing each with each.
///
/// Candidates are sounds whose fingerprints share a word, and sounds whose vectors are near; only they are compared.
public struct DuplicateSearch: Sendable {
    /// Two sounds that are copies of one recording.
    public struct Pair: Hashable, Sendable {
        /// Their places among the sounds, the lesser first.
        public let first: Int
        public let second: Int

        public init(_ first: Int, _ second: Int) {
            (self.first, self.second) = (min(first, second), max(first, second))
        }
    }

    /// Vectors nearer than this are compared.
    private static let nearVector: Float = 0.3
    /// Sounds too short for a fingerprint are copies if their vectors are nearer than this.
    private static let sameVector: Float = 0.05
    /// Sounds that go on after their fingerprints must sound alike as a whole.
    private static let likeVector: Float = 0.6

    private let sounds: [(vector: SimilarityVector, print: Fingerprint)]
    /// Where `sounds` are among the sounds given.
    private let places: [Int]
    /// Sounds that are the same as an earlier one to the last bit, and are not searched for once more: a folder may hold
    /// a thousand copies of one file.
    private let equals: [Pair]

    /// - Parameter sounds: with their vectors and fingerprints; silence, which has neither, is no copy of anything.
    public init(_ sounds: [(vector: SimilarityVector?, fingerprint: Fingerprint?)]) {
        var (known, places, equals): ([(SimilarityVector, Fingerprint)], [Int], [Pair]) = ([], [], [])
        var placesOfPrints: [Fingerprint: Int] = [:]
        for (place, sound) in sounds.enumerated() {
            guard let vector = sound.vector, let print = sound.fingerprint else { continue }
            if let earlier = placesOfPrints[print], sounds[earlier].vector == vector {
                equals.append(Pair(earlier, place))
                continue
            }
            placesOfPrints[print] = place
            known.append((vector, print))
            places.append(place)
        }
        (self.sounds, self.places, self.equals) = (known, places, equals)
    }

    /// Pairs of copies: all that are found, but of sounds that are equal to the last bit only those with the first.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    /// - Complexity: about half a millisecond a sound for the words, and 10 ns a pair for the vectors: two minutes for
    ///   100,000.
    public func pairs() throws -> Set<Pair> {
        var pairs = Set(equals)
        try addByWords(to: &pairs)
        try addByVectors(to: &pairs)
        return pairs
    }

    private func addByWords(to pairs: inout Set<Pair>) throws {
        let words = sounds.map { FingerprintWords($0.print) }
        let index = WordIndex(words)
        for own in sounds.indices {
            try Task.checkCancellation()
            for candidate in index.candidates(for: words[own]) where candidate.file != own {
                add(own, candidate.file, to: &pairs, offsets: candidate.offset - 2...candidate.offset + 1)
            }
        }
    }

    private func addByVectors(to pairs: inout Set<Pair>) throws {
        var index = SimilarityIndex<Int>()
        index.reserveCapacity(sounds.count)
        for (place, sound) in sounds.enumerated() { index.insert(sound.vector, for: place) }
        try index.forEachPair(within: Self.nearVector) { own, other, distance in
            try Task.checkCancellation()
            if max(sounds[own].print.steps, sounds[other].print.steps) < Fingerprint.leastSteps {
                if distance < Self.sameVector { pairs.insert(pair(own, other)) }
            } else {
                add(own, other, to: &pairs, offsets: -10...10)
            }
        }
    }

    private func pair(_ own: Int, _ other: Int) -> Pair {
        Pair(places[own], places[other])
    }

    private func add(_ own: Int, _ other: Int, to pairs: inout Set<Pair>, offsets: ClosedRange<Int>) {
        let (a, b) = (sounds[own], sounds[other])
        let pair = pair(own, other)
        guard !pairs.contains(pair), a.print.match(b.print, offsets: offsets)?.isCopy == true else { return }
        let areLong = min(a.print.steps, b.print.steps) == Fingerprint.mostSteps
        if !areLong || a.vector.distance(to: b.vector) < Self.likeVector { pairs.insert(pair) }
    }

    /// Sounds that are copies of each other, or of copies of each other; sorted, each group and all.
    public func groups() throws -> [[Int]] { Self.groups(of: try pairs()) }

    /// What hangs together by pairs.
    public static func groups(of pairs: some Sequence<Pair>) -> [[Int]] {
        var parents: [Int: Int] = [:]
        func root(_ place: Int) -> Int {
            var place = place
            while let parent = parents[place], parent != place { place = parent }
            return place
        }
        for pair in pairs {
            let (a, b) = (root(pair.first), root(pair.second))
            parents[max(a, b)] = min(a, b)
            parents[min(a, b)] = min(a, b)
            // Short ways for the next time.
            (parents[pair.first], parents[pair.second]) = (min(a, b), min(a, b))
        }
        let members = Dictionary(grouping: parents.keys, by: root)
        return members.values.map { $0.sorted() }.sorted { $0[0] < $1[0] }
    }
}
