/// A name of fixed length, as a unit stores it; bytes that mean nothing are kept.
public struct DeviceText: Equatable, Sendable {
    /// As stored, padding included.
    public let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Spaces up to the last byte, which is 0; what does not fit is cut, what has no likeness in printable ASCII
    /// becomes `_`.
    package init(_ text: String, length: Int) {
        let printable = ASCIIText.characters(of: text).map { $0 ?? UInt8(ascii: "_") }
        let kept = printable.prefix(length - 1)
        bytes = kept + Array(repeating: UInt8(ascii: " "), count: length - 1 - kept.count) + [0]
    }

    /// Up to the first zero, without the spaces at its end; other bytes than printable ASCII are left out.
    public var text: String {
        let used = bytes.prefix { $0 != 0 }.filter { (0x20...0x7E).contains($0) }
        let end = used.lastIndex { $0 != UInt8(ascii: " ") }.map { $0 + 1 } ?? 0
        return String(decoding: used[..<end], as: UTF8.self)
    }
}
