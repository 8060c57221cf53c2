import Billing
import Foundation
import StrictJSON

/// What a service says that the account whose key it is shown has used.
struct RemoteUsage {
    enum Form: Sendable {
        case table, csv, json
    }

    let remote: RemoteOptions

    func show(from: UTCDay?, to: UTCDay?, as form: Form) async throws {
        let days = [("from", from), ("to", to)].compactMap { name, day in day.map { (name, "\($0)") } }
        let path = "/api/usage"
        if form == .csv {
            return write(
                try await remote.use { service, _ in try await service.text(path, days + [("format", "csv")]) })
        }
        let found: JSONValue = try await remote.use { service, _ in try await service.get(path, days) }
        form == .json ? JSONOutput.print(found) : write(Self.text(found))
    }

    private static func text(_ found: JSONValue) -> String {
        let quota = found["quota"]?.members ?? [:]
        var limits = TextTable("LIMIT", "USED", "HELD", "OF", "RESETS")
        for unit in QuotaUnit.allCases.map(\.rawValue) {
            guard let balance = quota[unit] else { continue }
            limits.add([
                unit, balance["used"].word, balance["held"].word, balance["limit"].word, balance["resets_at"].word,
            ])
        }
        let (plan, lines) = ("plan \(found["plan"].word)\n\n", found["usage"]?["lines"]?.items ?? [])
        guard !lines.isEmpty else { return plan + limits.text + "\nnothing was used in that time\n" }
        var days = TextTable("DAY", "FEATURE", "AMOUNT", "TIMES", "COST")
        for line in lines {
            days.add([
                line["day"].word, line["feature"].word, "\(line["amount"].word) \(line["unit"].word)",
                line["count"].word,
                line["cost_microusd"]?.double.map { String(format: "%.6f USD", $0 / 1e6) } ?? "–",
            ])
        }
        return plan + limits.text + "\n" + days.text
    }
}
