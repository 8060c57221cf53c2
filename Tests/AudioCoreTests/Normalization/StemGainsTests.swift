import Foundation
import Testing

@testable import AudioCore

@Suite struct StemGainsTests {
    @Test func `stems are brought to -23 LUFS by 12 dB at most`() {
        let stems = StemGains(loudness: [-23, -20, -30, -5, -50])
        #expect(stems.gains == [0, -3, 7, -12, 12])
    }

    @Test func `noise and silence are left alone`() {
        let stems = StemGains(loudness: [-60, -60.1, nil, -.infinity, .nan, -200])
        #expect(stems.gains == [12, 0, 0, 0, 0, 0])
        #expect(stems.loudness == [-60, -60.1, -120, -120, -120, -120])
    }

    @Test func `a sum over twice full scale lowers all of them alike`() {
        let stems = StemGains(loudness: [-30, -20])
        #expect(stems.capped(sumPeak: 2).gains == [7, -3])
        #expect(stems.capped(sumPeak: 1).gains == [7, -3])
        let capped = stems.capped(sumPeak: 4).gains
        #expect(zip(capped, [7 - 6.0206, -3 - 6.0206]).allSatisfy { abs($0 - $1) < 1e-4 })
        for peak in [0, -1, Double.nan, .infinity] { #expect(stems.capped(sumPeak: peak) == stems) }
    }
}
