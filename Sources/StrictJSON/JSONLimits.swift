/// How large a JSON text may be, in each of its directions.
package struct JSONLimits: Equatable, Sendable {
    /// Of the whole text.
    package var bytes: Int
    /// How deep values may lie in each other.
    package var depth: Int
    /// How many there may be in all.
    package var values: Int
    /// Characters of one number.
    package var digits: Int

    /// Whether texts may have a NUL in them, which must be escaped: of what is not kept as it is.
    package var takesNUL: Bool

    package init(
        bytes: Int = .max, depth: Int = 64, values: Int = 50_000, digits: Int = 256, takesNUL: Bool = false
    ) {
        (self.bytes, self.depth, self.values, self.digits) = (bytes, depth, values, digits)
        self.takesNUL = takesNUL
    }

    /// Of what is ours, and was looked at when it came in.
    package static let stored = JSONLimits(depth: 512, values: .max, takesNUL: true)
}
