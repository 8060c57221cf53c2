@testable import AudioCore

extension LoudnessMeter {
    /// Has measured an interleaved signal.
    init(_ interleaved: [Float], rate: Int, channels: Int = 1, layout: ChannelLayout? = nil) {
        self.init(sampleRate: Double(rate), layout: layout ?? .standard(channels: channels))
        let frames = interleaved.count / channels
        let planar = (0..<channels).flatMap { channel in
            stride(from: channel, to: interleaved.count, by: channels).map { interleaved[$0] }
        }
        push(planar, stride: frames, count: frames)
    }
}

extension [Float] {
    /// The same on two channels.
    var onBothChannels: [Float] { flatMap { [$0, $0] } }
}
