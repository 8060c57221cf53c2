import ArgumentParser
import Auth
import Storage

struct KeysRotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Make new keys, and retire the old ones when nothing lives that they signed.",
        discussion: """
            A new key signs after a minute, when every server has loaded it. The old one is accepted for as long as
            anything it signed lives: access tokens 31 minutes, links 7 days, refresh 30 days, webhooks 24 hours. Nobody
            is signed out. Receivers of webhooks ask for their new secrets within that day.

            With --now, for keys that may have leaked, all old keys of the use are refused as soon as servers have loaded
            the new one, within ten seconds: access tokens are renewed by refresh tokens, and links have to be made again.

            A signing secret that you bring yourself (JWT_SECRET) is not rotated here: set another one on all servers.

            Examples:
              waxwing keys rotate
              waxwing keys rotate signing --algorithm EdDSA
              waxwing keys rotate signing link --now
            """.reflowed)

    @Argument(help: ArgumentHelp("Which keys: signing, link, refresh, webhook; all unless given.", valueName: "use"))
    var uses: [KeyUse] = []

    @Option(help: "What access tokens are signed with from now on: ES256, EdDSA, RS256, PS256 or HS256.")
    var algorithm: SignatureAlgorithm?

    @Flag(help: "The old keys leaked: refuse them at once.")
    var now = false

    @Flag(help: "Print JSON: the keys after it.")
    var json = false

    func validate() throws {
        guard Set(uses).count == uses.count else { throw ValidationError("name each use once") }
        guard algorithm == nil || uses == [.signing] else {
            throw ValidationError("--algorithm goes with 'signing' alone: the other keys have one algorithm")
        }
    }

    func run() async throws {
        let settings = try Settings()
        let keys = try await OperatedService.keys(settings)
        let isBrought = settings.jwtSecret != nil
        // Who names the signing key is told that it is not ours; who names none gets the others.
        let chosen = uses.isEmpty ? KeyUse.allCases.filter { $0 != .signing || !isBrought } : uses
        for use in chosen {
            let ring = try await keys.rotate(use, to: algorithm, now ? .immediate : .overlapping)
            if !json { write(line(ring[use], use)) }
        }
        if json {
            JSONOutput.print(KeyRecord.all(of: keys.ring, at: SystemClock().now(), hasOperatorsKey: isBrought))
        } else if uses.isEmpty && isBrought {
            write("JWT_SECRET signs the access tokens: to rotate it, set another one on all servers\n")
        }
    }

    private func line(_ keys: KeySuccession, _ use: KeyUse) -> String {
        let old = keys.older.first?.acceptedUntil.map { "the one before is accepted until \($0)" }
        let end = old ?? "the old ones are refused when servers have loaded it"
        return "\(use.rawValue): \(keys.newest.id) signs from \(keys.newest.signsFrom); \(end)\n"
    }
}
