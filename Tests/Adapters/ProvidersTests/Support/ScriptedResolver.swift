import Addresses
import Synchronization

@testable import WaxwingProviders

/// Names and what each look-up of them leads to; the last answer for ever.
final class ScriptedResolver: HostResolver {
    private let answers: Mutex<[String: [[IPAddress]]]>
    private let asked = Mutex<[String]>([])

    /// Every name that was looked up, in order.
    var lookups: [String] { asked.withLock { $0 } }

    init(_ names: [String: [[String]]] = [:]) {
        answers = Mutex(names.mapValues { $0.map { $0.compactMap { IPAddress($0) } } })
    }

    func addresses(of name: String) async throws -> [IPAddress] {
        asked.withLock { $0.append(name) }
        let name = name.hasSuffix(".") ? String(name.dropLast()) : name
        return answers.withLock { answers in
            guard var left = answers[name], let next = left.first else { return [] }
            if left.count > 1 { left.removeFirst() }
            answers[name] = left
            return next
        }
    }
}

/// Never answers, as a name server that is away.
struct SilentResolver: HostResolver {
    func addresses(of name: String) async throws -> [IPAddress] {
        try await Task.sleep(for: .seconds(3600))
        return []
    }
}
