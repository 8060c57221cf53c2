import Testing

@testable import AudioCore

@Suite struct SlicePlanTests {
    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func `every sample is in one slice, in order, once, and every slice is long enough`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let frames = Int.random(in: 1...100_000, using: &random)
        let cuts = (0..<Int.random(in: 0...200, using: &random)).map { _ in
            let frame = Int.random(in: -100...(frames + 100), using: &random)
            return PlacedCut(frame: frame, attack: Bool.random(using: &random) ? frame + 20 : nil)
        }
        let options = SliceOptions(
            fade: .random(in: 0...0.1, using: &random), minimumLength: .random(in: 0...0.1, using: &random))
        let plan = try SlicePlan(cuts: cuts, frames: frames, sampleRate: 44_100, options: options)
        #expect(plan.slices.first?.range.lowerBound == 0 && plan.slices.last?.range.upperBound == frames)
        #expect(zip(plan.slices, plan.slices.dropFirst()).allSatisfy { $0.range.upperBound == $1.range.lowerBound })
        for slice in plan.slices {
            #expect(!slice.range.isEmpty && slice.fadeIn + slice.fadeOut <= slice.range.count)
            #expect(plan.slices.count == 1 || Double(slice.range.count) >= options.minimumLength * 44_100)
        }
    }

    @Test func `a slice fades in before its attack, and the file's own ends do not fade`() throws {
        let cuts = [
            PlacedCut(frame: 10_000, attack: 10_030), PlacedCut(frame: 20_000, attack: 20_000),
            PlacedCut(frame: 30_000),
        ]
        let plan = try SlicePlan(cuts: cuts, frames: 40_000, sampleRate: 44_100)
        #expect(plan.slices.map(\.fadeIn) == [0, 30, 0, 88])
        #expect(plan.slices.map(\.fadeOut) == [88, 88, 88, 0])
    }

    @Test func `what comes before the first cut is a slice, unless it is too short`() throws {
        let late = try SlicePlan(cuts: [PlacedCut(frame: 5_000)], frames: 40_000, sampleRate: 44_100)
        #expect(late.slices.map(\.range) == [0..<5_000, 5_000..<40_000])
        let early = try SlicePlan(cuts: [PlacedCut(frame: 500)], frames: 40_000, sampleRate: 44_100)
        #expect(early.slices.map(\.range) == [0..<40_000])
        let onlyEnd = try SlicePlan(cuts: [PlacedCut(frame: 39_900)], frames: 40_000, sampleRate: 44_100)
        #expect(onlyEnd.slices.map(\.range) == [0..<40_000])
    }

    @Test func `clips leave out the pauses and fade where they are cut`() throws {
        let plan = try SlicePlan(clips: [0..<1_000, 3_000..<8_000, 9_000..<10_000], frames: 10_000, sampleRate: 44_100)
        #expect(
            plan.slices == [
                AudioSlice(range: 0..<1_000, fadeIn: 0, fadeOut: 88),
                AudioSlice(range: 3_000..<8_000, fadeIn: 88, fadeOut: 88),
                AudioSlice(range: 9_000..<10_000, fadeIn: 88, fadeOut: 0),
            ])
    }

    @Test func `clips whose edges met by moving stay apart`() throws {
        let ranges = SlicePlan.ranges(between: [10, 2_010, 2_005, 4_000, 4_200, 4_100])
        #expect(ranges == [10..<2_010, 2_010..<4_000, 4_200..<4_200])
        let plan = try SlicePlan(clips: ranges, frames: 5_000, sampleRate: 44_100)
        #expect(plan.slices.map(\.range) == [10..<2_010, 2_010..<4_000], "nothing is left of the third")
    }

    @Test func `times that no file has are no cuts in it`() throws {
        let cuts = Cut.cuts(onsets: [.nan, -1, 0.5, 1e300, .infinity], sampleRate: 1_000)
        #expect(cuts.map(\.frame) == [0, 0, 500, 1 << 50, 0])
    }

    @Test func `values outside of what makes sense are refused by name`() {
        for options in [
            SliceOptions(fade: -1), SliceOptions(fade: .nan), SliceOptions(minimumLength: .infinity),
            SliceOptions(snap: 1),
        ] {
            #expect(throws: SlicingError.self) {
                try SlicePlan(cuts: [], frames: 10, sampleRate: 44_100, options: options)
            }
        }
        #expect("\(SlicingError.outOfRange("fade, seconds", allowed: 0...1))".contains("fade"))
        #expect(throws: SlicingError.self) { try SliceRule.beats(every: 0).check() }
    }

    @Test func `beats are cut at the onset that is played for them, and go on for one beat`() {
        let beats = [0.5, 1, 1.5, 2]
        let cuts = Cut.cuts(beats: beats, every: 2, onsets: [0.1, 0.51, 1.2, 1.45], sampleRate: 1_000)
        #expect(
            cuts == [Cut(frame: 510, kind: .attack), Cut(frame: 1_500, kind: .grid), Cut(frame: 2_500, kind: .grid)])
        #expect(Cut.cuts(beats: beats, every: 1, onsets: [], sampleRate: 1_000).count == 5)
        #expect(Cut.cuts(beats: beats, every: 3, onsets: [], sampleRate: 1_000).map(\.frame) == [500, 2_000])
        #expect(Cut.cuts(beats: [], every: 1, onsets: [1], sampleRate: 1_000).isEmpty)
    }
}
