import Foundation
import Testing

@testable import AudioCore

@Suite struct EnvelopeTests {
    @Test(arguments: [8_000.0, 22_050, 44_100, 48_000, 96_000, 192_000, 384_000])
    func `a tone fills its critical band with its mean square, at every rate`(rate: Double) {
        let bark = Self.bark(Signals.sine(2_500, amplitude: 0.5, seconds: 1, rate: rate), rate: rate)
        let middle = Array(bark[bark.columns / 2])
        let band = BarkBands.edges.firstIndex { $0 > 2_500 }.map { $0 - 1 } ?? 0
        #expect(abs(middle.reduce(0, +) - 0.125) < 0.002, "Parseval")
        // Beyond 96 kHz a bin is as wide as the band.
        if rate <= 96_000 { #expect(middle[band] > 0.98 * 0.125) }
    }

    @Test func `what lies above half the rate is empty`() {
        let bark = Self.bark(Signals.noise(seconds: 0.5, rate: 8_000), rate: 8_000)
        let top = BarkBands.edges.firstIndex { $0 >= 4_400 } ?? 0
        let column = Array(bark[3])
        #expect(column[top...].allSatisfy { $0 == 0 } && column[..<top].allSatisfy { $0 > 0 })
    }

    @Test func `three minutes are kept of a longer sound`() {
        let bark = Self.bark(Signals.noise(seconds: 200, rate: 8_000), rate: 8_000)
        #expect(abs(Double(bark.columns) / bark.columnRate - 180) < 0.1)
        #expect(bark.columnRate == 15.625)
    }

    @Test(arguments: [8_000.0, 44_100, 48_000, 384_000])
    func `amplitude follows a burst to two milliseconds`(rate: Double) {
        let signal =
            Signals.silence(seconds: 0.1, rate: rate) + Signals.sine(1_000, amplitude: 0.5, seconds: 0.1, rate: rate)
            + Signals.silence(seconds: 0.1, rate: rate)
        let envelope = Self.amplitude(signal, rate: rate)
        #expect((375...750).contains(envelope.stepRate))
        let loud = envelope.powers.indices.filter { envelope.powers[$0] > 0.06 }
        #expect(abs(Double(loud.first ?? 0) / envelope.stepRate - 0.1) < 0.004)
        #expect(abs(Double((loud.last ?? 0) + 1) / envelope.stepRate - 0.2) < 0.004)
        let energy = envelope.powers.dropLast().reduce(0, +) / Float(envelope.stepRate)
        #expect(abs(energy - 0.0125) < 0.0001)
    }

    @Test func `one sample is one step`() {
        #expect(Self.amplitude([0.5], rate: 44_100).powers == [0.25])
    }

    private static func bark(_ signal: [Float], rate: Double) -> BarkEnvelope {
        var analyzer = SpectralAnalyzer(sampleRate: rate, largestBlock: 4096)
        for start in stride(from: 0, to: signal.count, by: 4096) {
            analyzer.push(signal.span.extracting(start..<min(start + 4096, signal.count)))
        }
        analyzer.finish()
        return analyzer.bark.envelope
    }

    private static func amplitude(_ signal: [Float], rate: Double) -> AmplitudeEnvelope {
        var meter = AmplitudeEnvelopeMeter(sampleRate: rate)
        for start in stride(from: 0, to: signal.count, by: 4096) {
            let block = signal[start..<min(start + 4096, signal.count)]
            // Zeros up to a whole vector, as a block of the extractor has them.
            let padded = Array(block) + [0, 0, 0, 0, 0, 0, 0]
            meter.push(padded.span.extracting(0..<block.count))
        }
        return meter.envelope
    }
}
