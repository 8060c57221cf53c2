extension Sequence<UInt8> {
    /// Whether all are printable characters of ASCII other than the space: `!` to `~`.
    package var isVisibleASCII: Bool { allSatisfy { (0x21...0x7E).contains($0) } }

    /// Whether all are printable characters of ASCII, with the space.
    package var isPrintableASCII: Bool { allSatisfy { (0x20...0x7E).contains($0) } }
}
