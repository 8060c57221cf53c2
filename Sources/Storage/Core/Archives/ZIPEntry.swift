import Foundation

/// A file in a ZIP archive, kept as it is (method 0).
package struct ZIPEntry: Equatable, Sendable {
    /// `SMPL/BANK1-01.SMP`: parts joined by `/`, in UTF-8, at most ``longestName`` bytes. A folder ends with `/`.
    package let name: String
    /// Bytes.
    package let size: Int
    package let checksum: UInt32
    package let modified: Timestamp

    package static let longestName = 1024

    /// - Throws: ``ZIPError/unsafeName(_:)`` for a name that would leave the folder it is unpacked in, or that differs between
    ///   systems.
    package init(name: String, size: Int, checksum: UInt32, modified: Timestamp) throws(ZIPError) {
        guard Self.isSafe(name), size >= 0 else { throw .unsafeName(name) }
        (self.name, self.size, self.checksum, self.modified) = (name, size, checksum, modified)
    }

    private static func isSafe(_ name: String) -> Bool {
        guard (1...longestName).contains(name.utf8.count), !name.hasControlCharacter,
            !name.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: ":") })
        else { return false }
        let path = name.utf8.last == UInt8(ascii: "/") ? name.utf8.dropLast() : name.utf8[...]
        let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
    }
}

package enum ZIPError: Error, Equatable, Sendable {
    case unsafeName(String)
    /// A file is another than when its checksum was taken.
    case changed(String)
}

extension ZIPEntry {
    private var nameBytes: [UInt8] { Array(name.utf8) }
    var isLarge: Bool { size >= ZIPField.most }

    /// What goes before the bytes of the file (APPNOTE 6.3.10, 4.3.7).
    var localHeader: [UInt8] {
        var field = ZIPField()
        field.put(0x0403_4B50, 4)
        putCommon(into: &field, version: isLarge ? ZIPField.version64 : ZIPField.version)
        putSizes(into: &field)
        field.put(nameBytes.count, 2)
        field.put(isLarge ? 20 : 0, 2)
        field.bytes += nameBytes
        if isLarge { field.putExtra([size, size]) }
        return field.bytes
    }

    /// What the directory at the end says of it (4.3.12).
    ///
    /// - Parameter offset: of its local header in the archive.
    func directoryHeader(at offset: Int) -> [UInt8] {
        let isFar = offset >= ZIPField.most
        let extra: [Int] = (isLarge ? [size, size] : []) + (isFar ? [offset] : [])
        let version = extra.isEmpty ? ZIPField.version : ZIPField.version64
        var field = ZIPField()
        field.put(0x0201_4B50, 4)
        // Made on a system with Unix permissions, so that a file is one that its owner may read and write.
        field.put(3 << 8 | version, 2)
        putCommon(into: &field, version: version)
        putSizes(into: &field)
        field.put(nameBytes.count, 2)
        field.put(extra.isEmpty ? 0 : 4 + extra.count * 8, 2)
        field.put(0, 2)
        field.put(0, 2)
        field.put(0, 2)
        field.put(name.hasSuffix("/") ? 0o40755 << 16 | 0x10 : 0o100644 << 16, 4)
        field.put(isFar ? ZIPField.most : offset, 4)
        field.bytes += nameBytes
        if !extra.isEmpty { field.putExtra(extra) }
        return field.bytes
    }

    private func putCommon(into field: inout ZIPField, version: Int) {
        field.put(version, 2)
        // Names are UTF-8.
        field.put(1 << 11, 2)
        field.put(0, 2)
        let (date, time) = modified.inDOS
        field.put(time, 2)
        field.put(date, 2)
        field.put(Int(checksum), 4)
    }

    private func putSizes(into field: inout ZIPField) {
        field.put(isLarge ? ZIPField.most : size, 4)
        field.put(isLarge ? ZIPField.most : size, 4)
    }
}

/// Numbers as ZIP has them: the lowest byte first.
struct ZIPField {
    /// Of fields of four bytes: the real value is in a longer one.
    static let most = 0xFFFF_FFFF
    static let version = 20
    /// Of what has longer fields (ZIP64).
    static let version64 = 45

    var bytes: [UInt8] = []

    mutating func put(_ value: Int, _ count: Int) {
        for place in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * place))) }
    }

    mutating func putExtra(_ values: [Int]) {
        put(1, 2)
        put(values.count * 8, 2)
        for value in values { put(value, 8) }
    }
}

extension Timestamp {
    /// Two seconds apart, UTC, from 1980 to 2107.
    fileprivate var inDOS: (date: Int, time: Int) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .second],
            from: Date(timeIntervalSince1970: Double(milliseconds) / 1000))
        guard let year = parts.year, let month = parts.month, let day = parts.day, (1980...2107).contains(year) else {
            return (1 << 5 | 1, 0)
        }
        let time = (parts.hour ?? 0) << 11 | (parts.minute ?? 0) << 5 | (parts.second ?? 0) / 2
        return ((year - 1980) << 9 | month << 5 | day, time)
    }
}
