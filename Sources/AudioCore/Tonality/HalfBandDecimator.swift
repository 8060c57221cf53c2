/// Halves the rate of a stream, keeping what lies below 0.118 of it (5,200 Hz at 44.1 kHz).
///
/// A linear-phase half-band filter of 15 taps, equiripple: the kept band is flat to 0.0013 dB, and what
/// folds down onto it is 76.9 dB lower. The delay is 7 samples. Silence precedes the stream.
final class HalfBandDecimator {
    /// Taps 1, 3, 5 and 7 samples from the centre, which is ½; the others are zero.
    private static let taps: [Float] = [0.304704517, -0.070884642, 0.0193986294, -0.00328984261]

    // Samples at even and odd places. The next output needs even[0...7] and odd[0].
    private let even: AlignedBuffer
    private let odd: AlignedBuffer
    private var evens = 3
    private var odds = 0
    private let output: AlignedBuffer

    /// As many of them in a row as the rate allows: one from 44.1 kHz on, two from 88.2, three from 176.4.
    static func chain(sampleRate: Double, largestBlock: Int) -> [HalfBandDecimator] {
        var (stages, rate, block) = ([HalfBandDecimator](), sampleRate, largestBlock)
        while rate >= 44_100 {
            stages.append(HalfBandDecimator(largestBlock: block))
            rate /= 2
            block = block / 2 + 1
        }
        return stages
    }

    init(largestBlock: Int) {
        even = AlignedBuffer(count: largestBlock / 2 + 32)
        odd = AlignedBuffer(count: largestBlock / 2 + 32)
        output = AlignedBuffer(count: largestBlock / 2 + 16)
    }

    /// Takes any number of samples up to the largest block.
    ///
    /// - Returns: the new samples of half the rate, good until the next push.
    func push(_ block: UnsafeBufferPointer<Float>) -> UnsafeBufferPointer<Float> {
        if let first = block.baseAddress { split(first, count: block.count) }
        let ready = max(0, min(evens - 7, odds))
        filter(count: ready)
        // A handful of samples: what the next outputs need.
        even.base.update(from: even.base + ready, count: evens - ready)
        odd.base.update(from: odd.base + ready, count: odds - ready)
        evens -= ready
        odds -= ready
        return UnsafeBufferPointer(start: output.base, count: ready)
    }

    private func split(_ source: UnsafePointer<Float>, count: Int) {
        var index = 0
        // Three leading zeros: even and odd samples are level where there are three more of the even ones.
        if evens - odds == 4, count > 0 {
            odd.base[odds] = source[0]
            odds += 1
            index = 1
        }
        while index + 16 <= count {
            let pairs = UnsafeRawPointer(source + index).loadUnaligned(as: SIMD16<Float>.self)
            even.base.setLanes(evens, pairs.evenHalf)
            odd.base.setLanes(odds, pairs.oddHalf)
            evens += 8
            odds += 8
            index += 16
        }
        while index < count {
            if evens - odds == 3 {
                even.base[evens] = source[index]
                evens += 1
            } else {
                odd.base[odds] = source[index]
                odds += 1
            }
            index += 1
        }
    }

    /// Works in whole vectors; what it computes beyond `count` is not used.
    private func filter(count: Int) {
        let (one, three, five, seven) = (Self.taps[0], Self.taps[1], Self.taps[2], Self.taps[3])
        for index in stride(from: 0, to: count, by: 8) {
            var sum = odd.base.lanes(index) * 0.5
            sum += (even.base.lanes(index + 3) + even.base.lanes(index + 4)) * one
            sum += (even.base.lanes(index + 2) + even.base.lanes(index + 5)) * three
            sum += (even.base.lanes(index + 1) + even.base.lanes(index + 6)) * five
            sum += (even.base.lanes(index) + even.base.lanes(index + 7)) * seven
            output.base.setLanes(index, sum)
        }
    }
}
