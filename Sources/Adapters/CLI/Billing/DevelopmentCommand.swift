import ArgumentParser
import Billing
import Storage
import StrictJSON
import WaxwingService

/// `waxwing dev`: what only development has.
struct DevelopmentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev", abstract: "Play what others do at a real service, in development.",
        discussion: "Example:\n  waxwing dev billing pay ada@example.com",
        subcommands: [DevelopmentBilling.self])
}

struct DevelopmentBilling: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "billing",
        abstract: "Play the payment provider: pay, fail, let time pass.",
        discussion: """
            Of a service that runs with WAXWING_PAYMENTS=development and WAXWING_ENVIRONMENT=development, on its newest
            subscription of the user.

            pay: what is due is paid. fail: the next payment fails; once more, and it is unpaid. advance: time passes until --to:
            trials end, periods are renewed or run out. expire: it ends now. pause: a trial ends without a card. refund: the newest
            invoice is given back.

            Examples:
              waxwing dev billing fail ada@example.com
              waxwing dev billing advance ada@example.com --days 31
            """.reflowed)

    enum Step: String, ExpressibleByArgument, CaseIterable {
        case pay, fail, advance, expire, pause, refund
    }

    @Argument(help: ArgumentHelp("What happens: \(Step.allCases.map(\.rawValue).joined(separator: ", "))."))
    var step: Step

    @OptionGroup var account: UserArgument

    @Option(help: "By how many days time passes, for 'advance'.")
    var days = 31

    @OptionGroup var answer: AnswerOptions

    func validate() throws {
        guard (1...3_660).contains(days) else { throw ValidationError("--days must be from 1 to 3660") }
    }

    func run() async throws {
        let billing = try await OperatedAccounts.open().useCases.billingOperation
        let provider = try billing.development()
        let id = try await billing.subscription(of: account.user).id
        let now = try await provider.subscription(id)
        let changed: Subscription
        switch step {
        case .pay: changed = try await provider.pay(id)
        case .fail: changed = try await provider.failPayment(id)
        case .advance:
            // From where it is: time may have passed for it before.
            let start = max(SystemClock().now(), now.period?.start ?? now.createdAt)
            changed = try await provider.advance(id, to: start + .seconds(days * 86_400))
        case .expire: changed = try await provider.expire(id)
        case .pause: changed = try await provider.pause(id)
        case .refund:
            guard let invoice = try await provider.invoices(of: now.customer, after: nil, limit: 1).first else {
                throw ValidationError("there is no invoice yet")
            }
            _ = try await provider.refund(invoice.id, total: invoice.paid)
            changed = now
        }
        answer.tell(
            "\(changed.id)  \(changed.status.rawValue)",
            ["subscription": .string("\(changed.id)"), "status": .string(changed.status.rawValue)])
    }
}
