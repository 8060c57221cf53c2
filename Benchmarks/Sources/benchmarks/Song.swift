import Foundation

/// Three minutes of made-up music in stereo at 44.1 kHz: drums at 126 BPM, chords, a little noise.
struct Song {
    static let sampleRate = 44_100
    static let seconds = 180.0
    static let bpm = 126.0

    let interleaved: [Float]

    init(seconds: Double = Self.seconds) {
        let rate = Double(Self.sampleRate)
        let beat = 60 / Self.bpm
        let chords = [[57, 60, 64], [53, 57, 60], [48, 52, 55], [55, 59, 62]]
        var state: UInt32 = 1
        func noise() -> Double {
            state = state &* 1_664_525 &+ 1_013_904_223
            return Double(Int32(bitPattern: state)) / 2_147_483_648
        }
        interleaved = (0..<Int(seconds * rate)).flatMap { index -> [Float] in
            let time = Double(index) / rate
            let sinceKick = time.truncatingRemainder(dividingBy: beat)
            let sinceHat = (time + beat / 2).truncatingRemainder(dividingBy: beat)
            let kick = 0.5 * exp(-sinceKick / 0.06) * sin(2 * .pi * (50 * sinceKick + 20 * exp(-sinceKick * 30)))
            let hat = 0.2 * exp(-sinceHat / 0.015)
            var (left, right) = (kick + hat * noise(), kick + hat * noise())
            for note in chords[Int(time / (4 * beat)) % 4] {
                let angle = 2 * .pi * 440 * pow(2, Double(note - 69) / 12) * time
                for overtone in 1...4 {
                    left += 0.06 / Double(overtone) * sin(angle * Double(overtone))
                    right += 0.06 / Double(overtone) * sin(angle * Double(overtone) * 1.001)
                }
            }
            return [Float(left * 0.9 + 0.003 * noise()), Float(right * 0.9 + 0.003 * noise())]
        }
    }

    /// A 16-bit WAV file of it.
    func write(to url: URL) throws {
        var bytes = Data()
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        let size = UInt32(interleaved.count * 2)
        bytes.append(contentsOf: Array("RIFF".utf8))
        append(size + 36)
        bytes.append(contentsOf: Array("WAVEfmt ".utf8))
        append(UInt32(16))
        append(UInt16(1))
        append(UInt16(2))
        append(UInt32(Self.sampleRate))
        append(UInt32(Self.sampleRate * 4))
        append(UInt16(4))
        append(UInt16(16))
        bytes.append(contentsOf: Array("data".utf8))
        append(size)
        for sample in interleaved { append(Int16(max(-1, min(1, sample)) * 32_767)) }
        try bytes.write(to: url)
    }
}
