import ArgumentParser
import Billing
import Foundation
import StrictJSON
import WaxwingService

struct Plans: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look after plans: limits and prices as data.",
        discussion: "Example:\n  waxwing plans show",
        subcommands: [Template.self, Check.self, Show.self, Publish.self])

    struct Template: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a built-in plan file as JSON, to be changed and given as WAXWING_PLANS.",
            discussion: """
                A limit of null does not exist. 'request_limits' says how many requests each account may send, and each address
                where nobody need sign in: {"requests": 100, "seconds": 60}, and with "burst": 20 that many at once.

                Examples:
                  waxwing plans template
                  waxwing plans template --profile saas > plans.json && WAXWING_PLANS=plans.json waxwing serve
                """.reflowed)

        @Option(help: "self-hosted (one generous plan) or saas (free, pro, enterprise).")
        var profile = PlanProfile.selfHosted

        func run() throws {
            print(String(decoding: try profile.book.json(), as: UTF8.self))
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what is wrong with a plan file.",
            discussion: """
                Says all that is wrong with its place, and what only looks so. The exit code is 1 if a service would not take it.

                Example:
                  waxwing plans check plans.json
                """.reflowed)

        @Argument(help: "The plan file.", completion: .file())
        var file: String

        @OptionGroup var answer: AnswerOptions

        func run() throws {
            let json = try PlanBook.contents(of: file)
            let problems = PlanBook.problems(inJSON: json)
            for problem in problems { FileProblem(path: file, reason: "\(problem.severity): \(problem)").report() }
            let book = try? PlanBook(json: json)
            let words = book.map {
                "\(file): \($0.plans.count) plans, \($0.addOns.count) add-ons, \($0.offers.count) prices; "
                    + "new accounts get '\($0.defaultPlan.printable)'"
            }
            if answer.json || book != nil {
                answer.tell(
                    words ?? "",
                    [
                        "file": .string(file), "accepted": .boolean(book != nil),
                        "problems": .array(problems.map { .string("\($0.severity): \($0)") }),
                    ])
            }
            if book == nil { throw ExitCode.someFailed }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the plans of a file, or of the service.",
            discussion: """
                Without a file it shows what 'waxwing serve' would take from WAXWING_PLANS or WAXWING_PROFILE.

                Examples:
                  waxwing plans show
                  waxwing plans show plans.json
                """.reflowed)

        @Argument(help: "A plan file.", completion: .file())
        var file: String?

        @Flag(help: "Print JSON: a plan file.")
        var json = false

        func run() throws {
            let book = try file.map(PlanBook.init(file:)) ?? Settings.plansOfEnvironment()
            write(json ? String(decoding: try book.json(), as: UTF8.self) + "\n" : PlanTable(book).text)
        }
    }
}

extension Plans {
    struct Publish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the prices of the plans known to the payment provider.",
            discussion: """
                Takes the same environment as 'waxwing serve'. Prices that the provider has stay as they are; one with another
                amount there needs another name here.

                Example:
                  STRIPE_KEY=sk_… STRIPE_WEBHOOK_SECRET=whsec_… waxwing plans publish
                """.reflowed)

        @OptionGroup var answer: AnswerOptions

        func run() async throws {
            let made = try await OperatedAccounts.open().useCases.billingOperation.publishPrices()
            let lines = made.map { "\($0)" } + ["\(made.count) prices were made known"]
            answer.tell(lines.joined(separator: "\n"), made.map { "\($0)" })
        }
    }
}

extension PlanProfile: ExpressibleByArgument {}

extension PlanBook {
    init(file: String) throws {
        try self.init(json: Self.contents(of: file))
    }

    static func contents(of file: String) throws(PlanBookError) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw .unreadable("'\(file)' cannot be opened")
        }
        return Array(data)
    }
}
