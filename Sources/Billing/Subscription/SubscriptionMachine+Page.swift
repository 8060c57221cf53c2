/// The machine as people read it: `Docs/Subscriptions.md`.
extension SubscriptionMachine {
    public static var page: String {
        """
        # The life of a subscription

        Made from the table in `SubscriptionMachine`, which a test compares with this page. The names are Stripe's.

        ```mermaid
        \(diagram)
        ```

        | from | to | when |
        | --- | --- | --- |
        \(steps.map { "| \(name($0.from)) | \(name($0.to)) | \($0.when) |" }.joined(separator: "\n"))

        ## Every pair

        The provider tells of changes in any order, more than once, and with gaps. What a status is to the one before:
        `moves` follows it; `late` follows through others that were not seen; `impossible` never follows, and the provider is
        asked what is true.

        | from \\ to | \(SubscriptionStatus.allCases.map { name($0) }.joined(separator: " | ")) |
        | --- |\(String(repeating: " --- |", count: SubscriptionStatus.allCases.count))
        \(([nil] + SubscriptionStatus.allCases.map(Optional.some)).map(line).joined(separator: "\n"))

        ## Which picture counts

        Each event brings a whole picture of the subscription. One that has ended counts before any that has not; then the
        later one counts; of one second, in this order:
        \(SubscriptionStatus.allCases.sorted { $0.rank > $1.rank }.map { name($0) }.joined(separator: ", ")); then the one
        whose event has the greater name. Two different ones of one second, neither of which has ended, have no true order:
        the provider is asked.

        ## Access

        Had in \(SubscriptionStatus.allCases.filter(\.givesAccess).map { name($0) }.joined(separator: ", ")) (in `past_due`
        for as long as the policy says), and in no other status. A cancellation that waits for the end of the period changes
        nothing before.

        """
    }

    static var diagram: String {
        let ends = SubscriptionStatus.allCases.filter(\.isTerminal).map { "    \($0.rawValue) --> [*]" }
        let moves = steps.map { "    \($0.from?.rawValue ?? "[*]") --> \($0.to.rawValue): \($0.when)" }
        return (["stateDiagram-v2"] + moves + ends).joined(separator: "\n")
    }

    private static func line(_ from: SubscriptionStatus?) -> String {
        let cells = SubscriptionStatus.allCases.map { move(from: from, to: $0).rawValue }
        return "| \(name(from)) | \(cells.joined(separator: " | ")) |"
    }

    private static func name(_ status: SubscriptionStatus?) -> String {
        status.map { "`\($0.rawValue)`" } ?? "(new)"
    }
}
