import Billing
import Storage
import StrictJSON

/// Reading what a server of language models says.
extension JSONObject {
    func object(_ name: String) -> JSONObject? {
        if case .object(let object)? = self[name] { object } else { nil }
    }

    func objects(_ name: String) -> [JSONObject] {
        guard case .array(let values)? = self[name] else { return [] }
        return values.compactMap { if case .object(let object) = $0 { object } else { nil } }
    }

    /// Nil where one of the two is missing, or no count.
    func tokens(input: String, output: String) -> AITokens? {
        guard let input = count(input), let output = count(output) else { return nil }
        return AITokens(input: input, output: output)
    }

    /// A model's name as it says itself; nil for what is none.
    var modelName: String? {
        guard let name = self["model"]?.string, (1...100).contains(name.utf8.count),
            name.utf8.isVisibleASCII
        else { return nil }
        return name
    }

    private func count(_ name: String) -> Int? {
        guard let count = self[name]?.integer, (0...1_000_000_000_000).contains(count) else { return nil }
        return Int(exactly: count)
    }
}
