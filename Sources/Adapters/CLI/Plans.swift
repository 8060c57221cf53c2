import ArgumentParser
import Billing
import Foundation

struct Plans: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print plan files.", subcommands: [Template.self, Check.self])

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
            abstract: "Say what is wrong with a plan file.", discussion: "Example:\n  waxwing plans check plans.json")

        @Argument(help: "The plan file.", completion: .file())
        var file: String

        func run() throws {
            let book = try PlanBook(file: file)
            print("\(file): \(book.plans.count) plans, new accounts get '\(book.defaultPlan)'")
        }
    }
}

extension PlanProfile: ExpressibleByArgument {}

extension PlanBook {
    init(file: String) throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw PlanBookError.unreadable("'\(file)' cannot be opened")
        }
        try self.init(json: Array(data))
    }
}
