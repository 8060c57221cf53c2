import Addresses

/// What one proxy says of who spoke to it.
struct ForwardedHop: Equatable, Sendable {
    let address: IPAddress
    let scheme: ClientAddress.Scheme?

    /// The hops of `X-Forwarded-For`, the last first; nil for one that cannot be read.
    ///
    /// - Parameter values: of the header's lines, in their order; of ASCII only.
    static func hops(ofXForwardedFor values: [String]) -> some Sequence<ForwardedHop?> {
        values.reversed().lazy.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).reversed() }
            .map { part in
                Node.address(in: part.trimmingBlanks).map { ForwardedHop(address: $0, scheme: nil) }
            }
    }

    /// The hops of `Forwarded`, the last first; nil for one that cannot be read.
    ///
    /// Read from the right in quotes too: a quote that the client opened and did not close cannot swallow what a proxy
    /// added behind it.
    ///
    /// Source: RFC 7239 §4.
    static func hops(ofForwarded values: [String]) -> some Sequence<ForwardedHop?> {
        values.reversed().lazy.flatMap { $0.partsFromTheRight(at: ",") }.map { ForwardedHop(forwarded: $0) }
    }

}

extension ForwardedHop {
    /// `for=192.0.2.60;proto=https`; parameters may come in any order, each once.
    fileprivate init?(forwarded element: Substring) {
        var values: [String: Substring] = [:]
        for pair in element.partsFromTheRight(at: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let value = Node.unquoted(parts[1].trimmingBlanks),
                values.updateValue(value, forKey: parts[0].trimmingBlanks.lowercased()) == nil
            else { return nil }
        }
        guard let node = values["for"], let address = Node.address(in: node) else { return nil }
        self.init(address: address, scheme: values["proto"].flatMap { .init(rawValue: $0.lowercased()) })
    }
}

/// How hops are written.
private enum Node {
    /// `192.0.2.1`, `192.0.2.1:8080`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:8080`. Nil for `unknown` and for names
    /// that hide an address, too.
    ///
    /// Source: RFC 7239 §6, and what proxies write.
    static func address(in text: Substring) -> IPAddress? {
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]"), isPort(text[text.index(after: end)...]),
                case .v6(let address)? = IPAddress(text[..<end].dropFirst())
            else { return nil }
            return IPAddress.v6(address).unmapped
        }
        if let colon = text.firstIndex(of: ":"), colon == text.lastIndex(of: ":") {
            return isPort(text[colon...]) ? IPAddress(text[..<colon]) : nil
        }
        return IPAddress(text)?.unmapped
    }

    private static func isPort(_ text: Substring) -> Bool {
        if text.isEmpty { return true }
        let digits = text.utf8.dropFirst()
        return text.first == ":" && (1...5).contains(digits.count) && digits.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Escapes are refused: no address needs one.
    static func unquoted(_ text: Substring) -> Substring? {
        guard !text.contains("\\") else { return nil }
        guard text.contains("\"") else { return text }
        let inner = text.dropFirst().dropLast()
        return text.utf8.count >= 2 && text.first == "\"" && text.last == "\"" && !inner.contains("\"") ? inner : nil
    }
}

extension StringProtocol where SubSequence == Substring {
    /// The parts between separators outside of quotes, the last first.
    fileprivate func partsFromTheRight(at separator: Character) -> [Substring] {
        var parts: [Substring] = []
        var (end, isQuoted) = (endIndex, false)
        for index in indices.reversed() {
            if self[index] == "\"" { isQuoted.toggle() }
            guard self[index] == separator, !isQuoted else { continue }
            parts.append(self[self.index(after: index)..<end].trimmingBlanks)
            end = index
        }
        return parts + [self[startIndex..<end].trimmingBlanks]
    }
}
