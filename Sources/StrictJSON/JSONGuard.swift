/// Reads a JSON text to its end before another decoder does, by the rules of ``JSONReader``, and builds nothing of it.
package enum JSONGuard {
    /// - Returns: the names of the members in their order, if it is an object.
    /// - Throws: ``JSONFlaw``, at the first thing that is wrong.
    /// - Complexity: O(bytes). Strings and numbers are not kept.
    package static func check(_ bytes: [UInt8], within limits: JSONLimits = JSONLimits()) throws(JSONFlaw) -> [String] {
        try JSONReader<Unkept>.read(bytes, within: limits).names
    }
}

/// What is left of a value that was only looked at.
private struct Unkept: JSONProduct {
    static let isKept = false
    static var null: Unkept { Unkept() }
    static func boolean(_ value: Bool) -> Unkept { Unkept() }
    static func integer(_ value: Int64) -> Unkept { Unkept() }
    static func number(_ value: Double) -> Unkept { Unkept() }
    static func string(_ value: String) -> Unkept { Unkept() }
    static func array(_ elements: [Unkept]) -> Unkept { Unkept() }
    static func object(of members: [String: Unkept]) -> Unkept { Unkept() }
}
