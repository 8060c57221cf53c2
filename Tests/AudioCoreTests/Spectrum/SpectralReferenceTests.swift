import Foundation
import Testing

@testable import AudioCore

/// Every frame and every summary against librosa, within the limits of the reference's README.
@Suite struct SpectralReferenceTests {
    @Test(arguments: Reference.spectral)
    func `every frame has librosa's values`(name: String) throws {
        let reference = try Reference(name)
        let expected = reference.per_frame
        let frames = try measure(reference).frames
        let rms = expected.rms
        try #require(frames.count == rms.count)
        let centroid = try #require(expected.spectral_centroid)
        let bandwidth = try #require(expected.spectral_bandwidth)
        let rolloff = try #require(expected.spectral_rolloff)
        let flatness = try #require(expected.spectral_flatness)
        let crossings = try #require(expected.zero_crossing_rate)
        for (index, frame) in frames.enumerated() {
            #expect(isClose(frame.rms, rms[index], 1e-5, 1e-7), "rms of frame \(index)")
            #expect(
                isClose(frame.zeroCrossingRate, crossings[index], 0, isTone(name) ? 1.01 / 2048 : 1e-7),
                "zero crossings of frame \(index)")
            guard rms[index] >= 1e-4 || name == "silence" else { continue }
            #expect(isClose(frame.shape.centroid, centroid[index], 1e-4, 0.05), "centroid of frame \(index)")
            #expect(
                isClose(frame.shape.bandwidth, bandwidth[index], 1e-4, bandwidthLimit(name)),
                "bandwidth of frame \(index)")
            #expect(isClose(frame.shape.rolloff, rolloff[index], 1e-6, 0.01), "rolloff of frame \(index)")
            #expect(isClose(frame.shape.flatness, flatness[index], 1e-3, 2e-6), "flatness of frame \(index)")
        }
    }

    @Test(arguments: Reference.all)
    func `means and deviations are librosa's`(name: String) throws {
        let reference = try Reference(name)
        let statistics = try measure(reference).statistics
        let expected = reference.summary
        expect(statistics.rms, expected.rms, 1e-5, 1e-7, "rms")
        expect(statistics.zeroCrossingRate, expected.zero_crossing_rate, 1e-6, isTone(name) ? 1.01 / 2048 : 1e-7, "zcr")
        expect(statistics.centroid, expected.spectral_centroid, 1e-4, 0.05, "centroid")
        expect(statistics.bandwidth, expected.spectral_bandwidth, 1e-4, bandwidthLimit(name), "bandwidth")
        // One frame may be one bin off, where the running sum is within rounding of the limit.
        let bin = Double(reference.sample_rate) / 2048 / Double(reference.per_frame.rms.count)
        expect(
            statistics.rolloff, expected.spectral_rolloff, 1e-5, name.hasPrefix("clicks") ? 15 * bin : 0.01, "rolloff")
        expect(statistics.flatness, expected.spectral_flatness, 1e-3, 2e-6, "flatness")
    }

    /// Tones that hit zero exactly at a sample: the sign there is a matter of rounding.
    private func isTone(_ name: String) -> Bool { name.hasPrefix("sine") || name == "two_sines" }

    /// Of a tone, the bandwidth is mostly the rounding noise of the transform, far from the tone: the
    /// reference is in double precision; numpy's transform in single precision is as far off as ours.
    private func bandwidthLimit(_ name: String) -> Double {
        let isNarrow = isTone(name) || ["chirp_log", "chord_c_major", "dc"].contains(name) || name.hasPrefix("cadence")
        return isNarrow ? 5 : 0.05
    }

    private func measure(
        _ reference: Reference
    ) throws -> (frames: [SpectralFrame], statistics: SpectralStatistics) {
        var frames: [SpectralFrame] = []
        let signal = reference.signal()
        var analyzer = SpectralAnalyzer(sampleRate: Double(reference.sample_rate), largestBlock: signal.count) {
            if case .shape(let frame) = $0 { frames.append(frame) }
        }
        analyzer.push(signal.span)
        analyzer.finish()
        return (frames, analyzer.statistics)
    }

    private func isClose(_ value: Double, _ expected: Double, _ relative: Double, _ absolute: Double) -> Bool {
        abs(value - expected) <= relative * abs(expected) + absolute
    }

    private func expect(
        _ statistics: RunningStatistics, _ expected: Reference.Summary.Value, _ relative: Double, _ absolute: Double,
        _ what: String
    ) {
        #expect(
            isClose(statistics.mean, expected.mean, relative, absolute),
            "mean \(what): \(statistics.mean), not \(expected.mean)")
        #expect(
            isClose(statistics.standardDeviation, expected.std, relative, absolute),
            "deviation of \(what): \(statistics.standardDeviation), not \(expected.std)")
    }
}
