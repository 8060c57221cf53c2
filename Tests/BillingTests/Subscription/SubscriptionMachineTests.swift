import Foundation
import Testing

@testable import Billing

@Suite struct SubscriptionMachineTests {
    /// s stays, m moves, l late, - impossible; the columns in the order of the cases.
    private static let pairs: [(SubscriptionStatus?, String)] = [
        (nil, "mlmmllll"),
        (.incomplete, "sm-mll-l"),
        (.incompleteExpired, "-s------"),
        (.trialing, "--smmlmm"),
        (.active, "---sml-m"),
        (.pastDue, "---msm-m"),
        (.unpaid, "---mls-m"),
        (.paused, "---mllsm"),
        (.canceled, "-------s"),
    ]

    @Test(arguments: pairs)
    func `every pair is what the table says`(from: SubscriptionStatus?, row: String) {
        let found = SubscriptionStatus.allCases.map { to in
            switch SubscriptionMachine.move(from: from, to: to) {
            case .stays: "s"
            case .moves: "m"
            case .late: "l"
            case .impossible: "-"
            }
        }
        #expect(found.joined() == row)
    }

    @Test(arguments: SubscriptionStatus.allCases.filter(\.isTerminal))
    func `from an end nothing leads back`(end: SubscriptionStatus) {
        for status in SubscriptionStatus.allCases where status != end {
            #expect(SubscriptionMachine.move(from: end, to: status) == .impossible)
        }
    }

    @Test func `of two in one second the one that can only follow has the higher rank`() {
        for a in SubscriptionStatus.allCases {
            for b in SubscriptionStatus.allCases where a != b {
                let (there, back) = (SubscriptionMachine.move(from: a, to: b), SubscriptionMachine.move(from: b, to: a))
                if there != .impossible, back == .impossible { #expect(a.rank < b.rank, "\(a) then \(b)") }
            }
        }
        #expect(Set(SubscriptionStatus.allCases.map(\.rank)).count == SubscriptionStatus.allCases.count)
    }

    @Test func `the page in the documentation is what the table says`() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let root = tests.deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "Docs/Subscriptions.md"), encoding: .utf8)
        #expect(page == SubscriptionMachine.page)
    }
}
