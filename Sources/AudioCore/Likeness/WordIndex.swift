/// Which fingerprints have a word, and at which step: an inverted index.
struct WordIndex {
    /// Words that more fingerprints have tell nothing, and would cost the square of their number.
    static let mostFiles = 32

    /// Word, file, step; sorted.
    private let entries: [Entry]

    private struct Entry {
        let word: UInt32
        let file: UInt32
        let step: UInt16
    }

    init(_ words: [FingerprintWords]) {
        var entries: [Entry] = []
        for (file, words) in words.enumerated() {
            for (step, word) in words.words.enumerated() {
                // A held sound has one word over and over: its first says it all.
                if step > 0, words.words[step - 1] == word { continue }
                entries.append(Entry(word: word, file: UInt32(truncatingIfNeeded: file), step: UInt16(clamping: step)))
            }
        }
        entries.sort { ($0.word, $0.file, $0.step) < ($1.word, $1.file, $1.step) }
        self.entries = Self.telling(entries)
    }

    /// Without the words that too many have.
    private static func telling(_ entries: [Entry]) -> [Entry] {
        var kept: [Entry] = []
        var start = 0
        while start < entries.count {
            var (end, files) = (start + 1, 1)
            while end < entries.count, entries[end].word == entries[start].word {
                if entries[end].file != entries[end - 1].file { files += 1 }
                end += 1
            }
            if files <= mostFiles { kept += entries[start..<end] }
            start = end
        }
        return kept
    }

    /// A fingerprint that has words of another, and how many steps later.
    struct Candidate: Comparable {
        let file: Int
        let offset: Int

        static func < (a: Candidate, b: Candidate) -> Bool { (a.file, a.offset) < (b.file, b.offset) }
    }

    /// Fingerprints that have words of this one, each with the offset that most words agree on.
    func candidates(for words: FingerprintWords) -> [Candidate] {
        let votes = votes(of: words)
        // One word of many may be chance; sounds of 0.2 s have too few to choose.
        let least = words.words.count < 10 ? 1 : 2
        var candidates: [Candidate] = []
        var start = 0
        while start < votes.count {
            var (end, last, best) = (start, start, (votes: 0, place: start))
            while end < votes.count, votes[end].file == votes[start].file {
                // Two offsets next to each other are one: words are not all on time.
                while votes[end].offset - votes[last].offset > 1 { last += 1 }
                if end - last + 1 > best.votes { best = (end - last + 1, end) }
                end += 1
            }
            if best.votes >= least { candidates.append(votes[best.place]) }
            start = end
        }
        return candidates
    }

    /// A vote for each word in common, sorted.
    private func votes(of words: FingerprintWords) -> [Candidate] {
        var votes: [Candidate] = []
        for (step, word) in words.words.enumerated() {
            for word in [word, words.doubtful[step]] {
                var place = entries.partitioningIndex { $0.word >= word }
                while place < entries.count, entries[place].word == word {
                    let entry = entries[place]
                    votes.append(Candidate(file: Int(entry.file), offset: Int(entry.step) - step))
                    place += 1
                }
            }
        }
        return votes.sorted()
    }
}
