import Foundation
import Testing

@testable import AudioCore

@Suite struct BeatTests {
    @Test func `a loop has as many beats as it lasts, the first at 0`() throws {
        let loop = Signals.beats(bpm: 120, seconds: 8, sound: Signals.kick())
        let rhythm = Signals.rhythm(of: loop)
        #expect(abs(try #require(rhythm.tempo).bpm - 120) < 0.1)
        expect(rhythm.beats, are: (0..<16).map { 0.5 * Double($0) })
    }

    @Test func `beats go on through a rest`() {
        var loop = Signals.beats(bpm: 120, seconds: 8, sound: Signals.kick())
        for index in 3 * 44_100 + 20_000..<5 * 44_100 { loop[index] = 0 }
        expect(Signals.rhythm(of: loop).beats, are: (0..<16).map { 0.5 * Double($0) })
    }

    @Test func `hats between kicks are off-beats`() {
        // A difference twice leaves the treble; out of digital silence a hat would rise in every band.
        let click = Signals.click()
        let hat: [Float] = (2..<click.count).map { 0.1 * (click[$0] - 2 * click[$0 - 1] + click[$0 - 2]) }
        let kicks = Signals.beats(bpm: 124, seconds: 12, start: 0.3, sound: Signals.kick())
        let hats = Signals.beats(bpm: 124, seconds: 12, start: 0.3 + 30 / 124.0, sound: hat)
        var signal = Signals.noise(amplitude: 0.003, seconds: 12)
        for index in signal.indices { signal[index] += kicks[index] + hats[index] }
        let rhythm = Signals.rhythm(of: signal)
        expect(rhythm.beats, are: (0..<25).map { 0.3 + Double($0) * 60 / 124 }.filter { $0 < 11.97 })
    }

    @Test func `beats follow players who slow down`() {
        // From 120 to 116 BPM within 20 s.
        var (times, time) = ([Double](), 0.1)
        while time < 19.9 {
            times.append(time)
            time += 60 / (120 - 4 * time / 20)
        }
        var signal = Signals.silence(seconds: time - 0.2)
        for time in times {
            for (index, value) in Signals.kick().enumerated() { signal[Int(time * 44_100) + index] += value }
        }
        expect(Signals.rhythm(of: signal).beats, are: times)
    }

    @Test func `without a tempo there are no beats`() {
        #expect(Signals.rhythm(of: Signals.sine(440, seconds: 5)).beats.isEmpty)
        #expect(Signals.rhythm(of: Signals.kick()).beats.isEmpty)
    }

    @Test func `an unlikely tempo or few frames trap nothing`() {
        for count in 0...20 {
            let rises = (0..<count).map { Float($0 % 7) }
            let envelopes = OnsetEnvelopes(full: rises, high: rises, squared: rises, frameRate: 86)
            for bpm in [30.0, 55, 215, 300] {
                let tracker = BeatTracker(envelopes: envelopes, onsets: [0, 0.1], bpm: bpm, duration: 0.2)
                #expect(tracker.beats().allSatisfy { $0.isFinite && $0 >= 0 })
            }
        }
    }

    private func expect(_ beats: [Double], are truth: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(beats.count == truth.count, sourceLocation: sourceLocation)
        for (beat, time) in zip(beats, truth) { #expect(abs(beat - time) < 0.02, sourceLocation: sourceLocation) }
    }
}
