import Foundation
import Storage

/// Audio that is made, not shipped.
enum MadeAudio {
    /// A sine of `frames` samples at 440 Hz, 16 bit, mono, 22,050 Hz: 44 bytes of header and two per sample.
    static func wav(frames: Int = 11_025) -> [UInt8] {
        let samples = (0..<frames).map { Int16(12_000 * sin(2 * .pi * 440 * Double($0) / 22_050)) }
        func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
            withUnsafeBytes(of: number.littleEndian) { Array($0) }
        }
        let data = samples.flatMap(little)
        var header = Array("RIFF".utf8) + little(UInt32(36 + data.count)) + Array("WAVEfmt ".utf8)
        header += little(UInt32(16)) + little(UInt16(1)) + little(UInt16(1)) + little(UInt32(22_050))
        header += little(UInt32(44_100)) + little(UInt16(2)) + little(UInt16(16))
        return header + Array("data".utf8) + little(UInt32(data.count)) + data
    }

    /// A file of exactly `bytes` bytes, an even number above 44.
    static func wav(bytes: Int) -> [UInt8] { wav(frames: (bytes - 44) / 2) }

    /// Begins as a WAV file, and is none.
    static let broken = Array("RIFF\u{4}\u{0}\u{0}\u{0}WAVEjunk".utf8) + [UInt8](repeating: 7, count: 8_000)
}

/// Why a body broke off, in these tests.
struct Disconnected: Error, Equatable {}

extension ByteStream {
    /// `bytes` in chunks of `size`.
    static func chunks(_ bytes: [UInt8], of size: Int) -> ByteStream {
        chunks(bytes, of: size) { _ in }
    }

    /// Gives `bytes` in chunks of `size`, calling `before` with each chunk's number; the end counts as a chunk too.
    static func chunks(
        _ bytes: [UInt8], of size: Int, before: @escaping @Sendable (Int) async throws -> Void
    ) -> ByteStream {
        ByteStream {
            let source = ChunkSource(bytes, size)
            return {
                try await before(await source.given)
                return await source.next()
            }
        }
    }

    private actor ChunkSource {
        private let bytes: [UInt8]
        private let size: Int
        private(set) var given = 0

        init(_ bytes: [UInt8], _ size: Int) {
            (self.bytes, self.size) = (bytes, size)
        }

        func next() -> [UInt8]? {
            let start = given * size
            guard start < bytes.count else { return nil }
            given += 1
            return Array(bytes[start...].prefix(size))
        }
    }
}
