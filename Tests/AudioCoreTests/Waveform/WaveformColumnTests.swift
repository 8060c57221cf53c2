import Testing

@testable import AudioCore

@Suite struct WaveformColumnTests {
    @Test(arguments: [(100, 100), (1_000, 64), (44_100, 1_920), (5_000, 4_999), (70_001, 16)])
    func `where the length is known, columns end on the exact sample`(count: Int, columns: Int) {
        var meter = WaveformMeter(points: columns, of: count)
        push((0..<count).map { Float($0) }, into: &meter)
        let wrong = meter.columns().enumerated().filter { index, column in
            let (first, end) = (index * count / columns, (index + 1) * count / columns)
            let mean = (first..<end).reduce(0) { $0 + Double($1) * Double($1) } / Double(end - first)
            return column.min != Float(first) || column.max != Float(end - 1)
                || abs(column.rms - Float(mean.squareRoot())) > 1e-5 * column.rms
        }
        #expect(wrong.isEmpty)
    }

    @Test(arguments: [1, 3, 10, 99])
    func `fewer samples than columns are held`(count: Int) {
        for known in [count, nil] {
            var meter = WaveformMeter(points: 100, of: known)
            push((0..<count).map { -Float($0) }, into: &meter)
            let columns = meter.columns()
            #expect(columns.count == 100)
            for (index, column) in columns.enumerated() {
                let value = -Float(index * count / 100)
                #expect(column == Waveform.Column(min: value, max: value, rms: -value))
            }
        }
    }

    @Test(arguments: [900, 1_000, 1_300])
    func `a promised length that was wrong loses no sample`(count: Int) {
        var meter = WaveformMeter(points: 10, of: 1_000)
        push([Float](repeating: 0.25, count: count - 1), into: &meter)
        push([Float(-1)], into: &meter)
        let columns = meter.columns()
        #expect(columns.count == 10)
        #expect(columns.dropLast().allSatisfy { $0 == Waveform.Column(min: 0.25, max: 0.25, rms: 0.25) })
        #expect(columns.last?.min == -1 && columns.last?.max == 0.25)
    }

    @Test(arguments: [1, 17, 4_096, 50_000])
    func `without the length the level is right too`(count: Int) {
        var meter = WaveformMeter(points: 16)
        push((0..<count).map { $0.isMultiple(of: 2) ? 0.5 : -0.5 }, into: &meter)
        #expect(meter.columns().count == 16)
        #expect(meter.columns().allSatisfy { abs($0.rms - 0.5) < 1e-6 })
    }

    @Test func `the length at which buckets double does not show`() {
        // 16 points: 256 buckets of one sample are full after 256 samples, and folded with the next one.
        for count in [255, 256, 257, 511, 512, 513] {
            var meter = WaveformMeter(points: 16)
            push([Float](repeating: 1, count: count), into: &meter)
            #expect(meter.columns().allSatisfy { $0 == Waveform.Column(min: 1, max: 1, rms: 1) })
        }
    }

    private func push(_ samples: [Float], into meter: inout WaveformMeter) { meter.push(samples.span) }
}
