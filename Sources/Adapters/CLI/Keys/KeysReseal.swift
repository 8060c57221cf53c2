import ArgumentParser
import Auth
import Foundation
import Storage
import StrictJSON

struct KeysReseal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reseal",
        abstract: "Change the secret that seals the keys in a shared database.",
        discussion: """
            Set WAXWING_SECRET to the secret the servers have, and WAXWING_NEW_SECRET to another of 32 bytes or more. The keys
            stay, so nobody is signed out. Servers that run go on with the keys they have, and load no rotated ones until
            you start them again with the new secret as WAXWING_SECRET: do that next, on all of them.

            If WAXWING_SECRET leaked together with a copy of the database, the keys did, too: run 'waxwing keys rotate --now'
            after it.

            Example:
              WAXWING_NEW_SECRET=$(openssl rand -hex 32) waxwing keys reseal
            """.reflowed)

    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let settings = try Settings()
        guard let postgres = settings.postgres else {
            throw StartError(
                "the keys of a data folder are sealed by no secret: only with DATABASE_URL there is something to do")
        }
        guard let text = ProcessInfo.processInfo.environment["WAXWING_NEW_SECRET"], !text.isEmpty else {
            throw StartError(
                "set WAXWING_NEW_SECRET to the new secret, of \(SealedKeys.shortestSecret) bytes or more, as made by "
                    + "'openssl rand -hex 32'")
        }
        let service = try await OperatedService.open(settings, for: .reading)
        do {
            try await SealedKeys.reseal(
                in: service.database, from: postgres.secret, to: Secret(Array(text.utf8)))
        } catch SealedKeysError.secretTooShort {
            throw StartError("WAXWING_NEW_SECRET is shorter than \(SealedKeys.shortestSecret) bytes: make a longer one")
        }
        answer.tell(
            "The keys are sealed by the new secret. Start every server and worker again with it as WAXWING_SECRET.",
            ["resealed": true])
    }
}
