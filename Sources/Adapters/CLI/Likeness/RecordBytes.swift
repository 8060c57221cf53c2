import AudioCore
import Foundation

/// Writes values one after the other, little endian.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    mutating func put(_ value: Double) { put(value.bitPattern) }

    /// A count and the bytes.
    mutating func put(_ values: [UInt8]) {
        put(UInt32(clamping: values.count))
        bytes += values
    }

    mutating func put(_ text: String) { put(Array(text.utf8)) }
}

/// Reads them back; `nil` where there are too few bytes.
struct ByteReader {
    private let bytes: ArraySlice<UInt8>
    private var place: Int

    init(_ bytes: ArraySlice<UInt8>) { (self.bytes, place) = (bytes, bytes.startIndex) }

    var isAtEnd: Bool { place == bytes.endIndex }

    mutating func take<Value: FixedWidthInteger>(_: Value.Type) -> Value? {
        guard bytes.endIndex - place >= MemoryLayout<Value>.size else { return nil }
        var value: Value = 0
        withUnsafeMutableBytes(of: &value) { $0.copyBytes(from: bytes[place..<place + $0.count]) }
        place += MemoryLayout<Value>.size
        return Value(littleEndian: value)
    }

    mutating func takeDouble() -> Double? { take(UInt64.self).map(Double.init(bitPattern:)) }

    mutating func takeBytes() -> ArraySlice<UInt8>? {
        guard let count = take(UInt32.self).map(Int.init), bytes.endIndex - place >= count else { return nil }
        defer { place += count }
        return bytes[place..<place + count]
    }

    mutating func takeText() -> String? { takeBytes().map { String(decoding: $0, as: UTF8.self) } }
}

extension SoundRecord {
    /// Of the layout below; whoever changes it, or what is measured, counts on.
    static let layout: UInt32 = 1

    func write(to writer: inout ByteWriter) {
        writer.put(path)
        writer.put(stamp.size)
        writer.put(stamp.modified)
        writer.put(summary.duration)
        writer.put(summary.kind.rawValue)
        writer.put(summary.bpm ?? 0)
        writer.put(UInt8(summary.key.flatMap { Key.allCases.firstIndex(of: $0) } ?? 255))
        writer.put(Int16(clamping: summary.note ?? -1))
        // Four decimals within ±2 are whole numbers of 16 bits.
        writer.put((summary.vector?.values ?? []).flatMap { Self.bytes(Int16(($0 * 10_000).rounded())) })
        writer.put(fingerprint?.bytes ?? [])
        writer.put(fingerprint?.onset ?? 0)
        writer.put(fingerprint?.reference ?? 0)
        writer.put(format?.rawValue ?? "")
        writer.put(UInt32(clamping: sampleRate))
        writer.put(UInt16(clamping: channels))
        writer.put(UInt8(clamping: bitDepth ?? 0))
        writer.put(Int64(frames))
    }

    /// - Returns: `nil` for what `write` cannot have written.
    init?(_ reader: inout ByteReader) {
        guard let path = reader.takeText(), let size = reader.take(Int64.self),
            let modified = reader.take(Int64.self), let duration = reader.takeDouble(),
            let kind = reader.takeText().flatMap(SoundKind.init(rawValue:)), let bpm = reader.takeDouble(),
            let key = reader.take(UInt8.self), let note = reader.take(Int16.self),
            let vector = reader.takeBytes(), let levels = reader.takeBytes(), let onset = reader.takeDouble(),
            let reference = reader.takeDouble(), let format = reader.takeText(),
            let sampleRate = reader.take(UInt32.self), let channels = reader.take(UInt16.self),
            let bitDepth = reader.take(UInt8.self), let frames = reader.take(Int64.self),
            duration.isFinite, bpm.isFinite, vector.isEmpty || vector.count == 2 * SimilarityVector.length
        else { return nil }
        (self.path, stamp) = (path, FileStamp(size: size, modified: modified))
        summary = SoundSummary(
            duration: duration, kind: kind, bpm: bpm > 0 ? bpm : nil,
            key: Key.allCases.indices.contains(Int(key)) ? Key.allCases[Int(key)] : nil,
            note: note < 0 ? nil : Int(note), vector: SimilarityVector(Self.values(vector)))
        self.format = AudioFormat(rawValue: format)
        (self.sampleRate, self.channels, self.frames) = (Int(sampleRate), Int(channels), Int(frames))
        fingerprint = Fingerprint(
            onset: onset, sampleRate: self.sampleRate, reference: reference, bytes: Array(levels))
        self.bitDepth = bitDepth == 0 ? nil : Int(bitDepth)
    }

    private static func bytes(_ value: Int16) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
    }

    private static func values(_ bytes: ArraySlice<UInt8>) -> [Float] {
        stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map {
            Float(Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)) / 10_000
        }
    }
}
