/// Where a key stands in the folder of ``LocalObjectStore``.
///
/// A part becomes a folder of its escaped name; the last part becomes a file of its escaped name and `@`. Letters,
/// digits, `-`, `_` and inner dots stand for themselves, every other byte is `%XX`: no key can leave the folder, and a
/// file never has the name of a folder. Names longer than a file system allows go on in a subfolder ending in `+`.
struct LocalObjectPath {
    /// Relative to the store's folder, without `.` or `..`.
    let components: [String]

    init(_ key: ObjectKey) {
        let parts = key.text.utf8.split(separator: UInt8(ascii: "/"))
        components = parts.enumerated().flatMap { index, part in
            Self.names(for: part, isFile: index == parts.count - 1)
        }
    }

    var text: String { components.joined(separator: "/") }

    /// What a name in a folder stands for.
    enum Entry {
        case object(part: [UInt8])
        case folder(part: [UInt8])
        case continued(part: [UInt8])

        /// Nil for a name that the store did not give.
        init?(name: String) {
            var bytes = Array(name.utf8)
            let ending = bytes.last
            if ending == UInt8(ascii: "@") || ending == UInt8(ascii: "+") { bytes.removeLast() }
            guard let part = LocalObjectPath.unescape(bytes), !part.isEmpty else { return nil }
            switch ending {
            case UInt8(ascii: "@"): self = .object(part: part)
            case UInt8(ascii: "+"): self = .continued(part: part)
            default: self = .folder(part: part)
            }
        }
    }

    /// With its ending within the 255 bytes a file name may have.
    private static let longestName = 240

    private static func names(for part: some Sequence<UInt8>, isFile: Bool) -> [String] {
        var names: [String] = []
        var name: [UInt8] = []
        for byte in part {
            let escaped = escape(byte, isFirst: name.isEmpty)
            if name.count + escaped.count > longestName {
                names.append(String(decoding: name, as: UTF8.self) + "+")
                name = escape(byte, isFirst: true)
            } else {
                name += escaped
            }
        }
        return names + [String(decoding: name, as: UTF8.self) + (isFile ? "@" : "")]
    }

    private static func escape(_ byte: UInt8, isFirst: Bool) -> [UInt8] {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            [byte]
        case UInt8(ascii: ".") where !isFirst:
            [byte]
        default:
            [UInt8(ascii: "%")] + Array(Checksum.hex([byte]).utf8)
        }
    }

    private static func unescape(_ name: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        var index = 0
        while index < name.count {
            if name[index] == UInt8(ascii: "%") {
                guard index + 2 < name.count,
                    let byte = UInt8(String(decoding: name[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
                else { return nil }
                bytes.append(byte)
                index += 3
            } else {
                bytes.append(name[index])
                index += 1
            }
        }
        return bytes
    }
}
