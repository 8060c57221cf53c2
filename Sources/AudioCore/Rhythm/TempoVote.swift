/// Sections of a long piece vote on its tempo.
///
/// Over 60 s, sections of 20 s every 10 s each name a tempo. Steady songs agree entirely; where fewer
/// than 70 % agree the tempo varies and the vote is reported instead of what the whole says.
struct TempoVote {
    let envelopes: OnsetEnvelopes

    private static let shortest = 60.0
    private static let section = 20.0
    private static let hop = 10.0

    /// - Parameter envelopes: of the whole piece, not sharpened.
    init(envelopes: OnsetEnvelopes) { self.envelopes = envelopes }

    /// - Parameter whole: what the piece as a whole says.
    func adjust(_ whole: Tempo) -> Tempo {
        guard Double(envelopes.count) > Self.shortest * envelopes.frameRate, let vote = vote() else { return whole }
        var tempo = whole
        tempo.agreement = vote.agreement
        if tempo.varies {
            tempo.bpm = vote.bpm
            // As sure as the sections are, for the share of the piece that they stand for.
            tempo.confidence = TempoScore.confidence(probability: vote.probability) * vote.agreement
        }
        return tempo
    }

    private func vote() -> (bpm: Double, probability: Double, agreement: Double)? {
        let votes = sections()
        let elected = votes.map { vote in votes.filter { abs($0.bpm / vote.bpm - 1) < 0.02 } }
            .max { $0.reduce(0) { $0 + $1.probability } < $1.reduce(0) { $0 + $1.probability } }
        guard let elected else { return nil }
        let sorted = elected.map(\.bpm).sorted()
        let middle = sorted.count / 2
        return (
            bpm: sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2,
            probability: elected.reduce(0) { $0 + $1.probability } / Double(elected.count),
            agreement: Double(elected.count) / Double(votes.count)
        )
    }

    private func sections() -> [TempoCandidate] {
        let length = Int(Self.section * envelopes.frameRate)
        let hop = Int(Self.hop * envelopes.frameRate)
        return stride(from: 0, through: envelopes.count - length, by: hop).compactMap { start in
            TempoEstimator(envelopes: envelopes.section(start..<start + length), length: nil).best()
        }
    }
}
