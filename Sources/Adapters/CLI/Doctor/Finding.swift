/// What was looked at, and how it stands.
struct Finding: Encodable, Sendable {
    enum State: String, Encodable, Sendable, CaseIterable {
        case ok, warning, failing
    }

    /// One word or two: `database`, `data folder`.
    let subject: String
    let state: State
    /// What was found, in a few words; without a secret.
    let found: String
    /// What to do; nil where all is well.
    @Null var remedy: String?

    private init(_ subject: String, _ state: State, _ found: String, _ remedy: String?) {
        (self.subject, self.state, self.found, _remedy) = (subject, state, found, Null(wrappedValue: remedy))
    }

    static func ok(_ subject: String, _ found: String) -> Finding {
        Finding(subject, .ok, found, nil)
    }

    static func warning(_ subject: String, _ found: String, _ remedy: String) -> Finding {
        Finding(subject, .warning, found, remedy)
    }

    static func failing(_ subject: String, _ found: String, _ remedy: String) -> Finding {
        Finding(subject, .failing, found, remedy)
    }
}

extension [Finding] {
    /// The worst of them.
    var state: Finding.State {
        contains { $0.state == .failing } ? .failing : contains { $0.state == .warning } ? .warning : .ok
    }

    /// A line each, and a second one for what to do.
    var text: String {
        map { finding in
            let head = [finding.state.rawValue, finding.subject].map {
                $0 + String(repeating: " ", count: Swift.max(1, 14 - $0.count))
            }
            let remedy = finding.remedy.map { String(repeating: " ", count: 28) + "→ \($0.printable)\n" } ?? ""
            return head.joined() + finding.found.printable + "\n" + remedy
        }.joined()
    }
}
