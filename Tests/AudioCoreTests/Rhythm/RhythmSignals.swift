@testable import AudioCore

extension Signals {
    /// What a whole analysis says about the rhythm of a signal.
    static func rhythm(of signal: [Float], rate: Double = 44_100) -> Rhythm {
        var analyzer = SpectralAnalyzer(sampleRate: rate, largestBlock: signal.count)
        var tail = TailLevel(sampleRate: rate)
        analyzer.push(signal.span)
        tail.push(signal.span)
        analyzer.finish()
        let length = LengthEvidence(duration: Double(signal.count) / rate, tailLevel: tail.ratio)
        return Rhythm(envelopes: analyzer.envelopes.envelopes, length: length)
    }
}
