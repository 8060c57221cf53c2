import Foundation
import Testing

@testable import AudioCore

/// Cepstrum, contrast, chroma and onset strength against librosa, within the limits of the reference's README.
@Suite struct TimbreReferenceTests {
    @Test(arguments: Reference.all)
    func `every frame and every summary has librosa's values`(name: String) throws {
        let reference = try Reference(name)
        let (measured, frames, summary) = try (measure(reference), reference.per_frame, reference.summary)
        if let mfcc = frames.mfcc { expect(measured.cepstra, mfcc, within: cepstrumLimit(name), "cepstrum") }
        if let contrast = frames.spectral_contrast { expectContrast(measured, contrast) }
        if let chroma = frames.chroma_stft { expect(measured.chromas, chroma, within: 1e-3, "chroma") }
        let strength = try #require(frames.onset_strength)
        expect(measured.strengths.map { [$0] }, [strength], within: 0.01, "onset strength")
        expect(measured.cepstrum, summary.mfcc, within: cepstrumLimit(name), "cepstrum")
        expectContrastSummary(measured, summary.spectral_contrast, name)
        expect(measured.chroma, summary.chroma_stft, within: 1e-3, "chroma")
        #expect(abs(measured.onsetStrength.mean - summary.onset_strength.mean) <= 0.01)
        #expect(abs(measured.onsetStrength.standardDeviation - summary.onset_strength.std) <= 0.01)
    }

    /// Where most bands lie on the floor, the coefficients are made of rounding noise.
    private func cepstrumLimit(_ name: String) -> Double {
        isTone(name) || ["silence", "dc", "impulse", "chirp_log"].contains(name) ? 0.2 : 0.02
    }

    /// Of narrow sounds most valleys are the rounding noise of the transform, which the reference, in double
    /// precision, does not have: their frames are held to that noise one by one, their summary to their frames.
    private func isNarrow(_ name: String) -> Bool {
        isTone(name) || name.hasPrefix("chirp") || name == "chord_c_major" || name.hasPrefix("cadence")
    }

    private func expectContrastSummary(_ measured: Measured, _ expected: Reference.Summary.Values, _ name: String) {
        if !isNarrow(name) { return expect(measured.contrast, expected, within: 0.02, "contrast") }
        for band in 0..<SpectralContrastMeter.bands {
            let values = measured.contrasts.map { Double($0.peaks[band] - $0.valleys[band]) }
            let mean = values.reduce(0, +) / Double(values.count)
            #expect(abs(measured.contrast[band].mean - mean) <= 1e-3, "mean contrast, row \(band)")
        }
    }

    /// Peaks are exact; valleys may differ by the noise of a transform in single precision, and only by it.
    private func expectContrast(_ measured: Measured, _ expected: [[Double]]) {
        #expect(measured.contrasts.count == expected.first?.count)
        for (frame, (peaks, valleys)) in measured.contrasts.enumerated() {
            let noise = 2e-7 * pow(10, Double(peaks.max() ?? 0) / 10)
            for band in 0..<SpectralContrastMeter.bands {
                let valley = Double(peaks[band]) - expected[band][frame]
                let difference = abs(pow(10, Double(valleys[band]) / 10) - pow(10, valley / 10))
                #expect(
                    difference <= 0.0046 * pow(10, valley / 10) + noise, "contrast, row \(band) of frame \(frame)")
            }
        }
    }

    private func isTone(_ name: String) -> Bool { name.hasPrefix("sine") || name == "two_sines" }

    private struct Measured {
        var cepstra: [[Float]] = []
        var contrasts: [(peaks: [Float], valleys: [Float])] = []
        var chromas: [[Float]] = []
        var strengths: [Float] = []
        var cepstrum: [MeanAndDeviation] = []
        var contrast: [MeanAndDeviation] = []
        var chroma: [MeanAndDeviation] = []
        var onsetStrength = RunningStatistics()
    }

    private func measure(_ reference: Reference) throws -> Measured {
        var measured = Measured()
        let signal = reference.signal()
        var analyzer = SpectralAnalyzer(sampleRate: Double(reference.sample_rate), largestBlock: signal.count) {
            switch $0 {
            case .shape: break
            case .chroma(let values): measured.chromas.append(values)
            case .contrast(let peaks, let valleys): measured.contrasts.append((peaks, valleys))
            case .cepstrum(let values, let strength):
                measured.cepstra.append(values)
                measured.strengths.append(strength)
            }
        }
        analyzer.push(signal.span)
        analyzer.finish()
        measured.cepstrum = analyzer.cepstrum.statistics.summaries
        measured.contrast = analyzer.contrast.statistics.summaries
        measured.chroma = analyzer.chromaStatistics.summaries
        measured.onsetStrength = analyzer.cepstrum.onsetStrength
        return measured
    }

    /// - Parameter expected: rows of frames, as the reference has them.
    private func expect(_ frames: [[Float]], _ expected: [[Double]], within limit: Double, _ what: String) {
        #expect(frames.count == expected.first?.count)
        for (row, values) in expected.enumerated() {
            for (frame, value) in values.enumerated() where frame < frames.count {
                #expect(abs(Double(frames[frame][row]) - value) <= limit, "\(what), row \(row) of frame \(frame)")
            }
        }
    }

    private func expect(
        _ values: [MeanAndDeviation], _ expected: Reference.Summary.Values, within limit: Double, _ what: String
    ) {
        #expect(values.count == expected.mean.count)
        for (row, value) in values.enumerated() {
            #expect(abs(value.mean - expected.mean[row]) <= limit, "mean \(what), row \(row)")
            #expect(abs(value.standardDeviation - expected.std[row]) <= limit, "deviation of \(what), row \(row)")
        }
    }
}
