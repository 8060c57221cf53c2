extension String {
    /// As any database takes it: without zero bytes, and not longer than so.
    func storable(bytes limit: Int = 4096) -> String {
        let whole = replacing("\0", with: "\u{FFFD}")
        guard whole.utf8.count > limit else { return whole }
        var end = whole.utf8.index(whole.startIndex, offsetBy: limit)
        while end.samePosition(in: whole.unicodeScalars) == nil { end = whole.utf8.index(before: end) }
        return String(whole[..<end])
    }
}
