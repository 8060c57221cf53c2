import Foundation

/// What the files of one recording's slices are called: `NAME_01.wav`, `NAME_02.wav`, …
public struct SliceName: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    /// Longest name in bytes; number and extension fit behind it in the 255 that file systems allow.
    private static let mostBytes = 200

    /// The name of a file without its extension, fit for any file system, those of sampler cards included.
    ///
    /// Control characters and `<>:"/\|?*` become `_`, as does a dot at the beginning, which would hide the files; dots
    /// and spaces at the end are dropped; a name of which nothing is left becomes `slice`.
    public init(of path: String) {
        let name = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
        var safe = String(
            String.UnicodeScalarView(
                name.unicodeScalars.map {
                    $0.properties.generalCategory == .control || "<>:\"/\\|?*".unicodeScalars.contains($0) ? "_" : $0
                }))
        if safe.hasPrefix(".") { safe = "_" + safe.dropFirst() }
        while safe.utf8.count > Self.mostBytes || safe.hasSuffix(".") || safe.hasSuffix(" ") { safe.removeLast() }
        description = safe.isEmpty ? "slice" : safe
    }

    private init(text: String) { description = text }

    /// The same name as the `number`th of its kind: `NAME-2`.
    public func numbered(_ number: Int) -> SliceName { SliceName(text: "\(description)-\(number)") }

    /// - Parameters:
    ///   - index: of the slice, from 0 on; names count from 1.
    ///   - count: of all slices: numbers are padded to its digits, to two at least.
    func file(_ index: Int, of count: Int, format: String) -> String {
        let digits = max(2, String(count).count)
        let number = String(index + 1)
        let zeros = String(repeating: "0", count: max(0, digits - number.count))
        return "\(description)_\(zeros)\(number).\(format)"
    }

    /// Whether a file would be taken for one of these slices, whatever their count.
    func matches(_ file: String, format: String) -> Bool {
        guard file.hasPrefix(description + "_"), file.hasSuffix("." + format) else { return false }
        let number = file.dropFirst(description.count + 1).dropLast(format.count + 1)
        return number.count >= 2 && number.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
