import ArgumentParser
import Auth
import Storage

/// `waxwing keys`: what an installation signs with.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "See and rotate the keys that tokens, links and webhooks are signed with.",
        discussion: """
            Takes the same environment as 'waxwing serve', which may run meanwhile: servers load the keys every ten seconds.
            A secret is never shown.

            Examples:
              waxwing keys ls
              waxwing keys rotate
              waxwing keys rotate signing --algorithm EdDSA
              waxwing keys rotate link --now
            """.reflowed,
        subcommands: [KeysList.self, KeysRotate.self, KeysReseal.self])
}

extension KeyUse: ExpressibleByArgument {}

extension SignatureAlgorithm: ExpressibleByArgument {}

extension OperatedService {
    /// The keys of a service, which must be there.
    static func keys(_ settings: Settings) async throws -> Keys {
        let service = try await OperatedService.open(settings, for: .reading)
        let store = DataPlaces(settings).keyStore(service.database)
        return try Keys(await store.load(), from: store, signingSecret: settings.jwtSecret)
    }
}

struct KeysList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List the keys by what they are for, the newest first.",
        discussion: """
            A key that is 'next' signs as soon as every server has it; one that is 'retired' signs no more, and what it
            signed is accepted until the time shown.

            Examples:
              waxwing keys ls
              waxwing keys ls --json | jq '.[] | select(.state == "signs")'
            """.reflowed)

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let settings = try Settings()
        let ring = try await OperatedService.keys(settings).ring
        let records = KeyRecord.all(of: ring, at: SystemClock().now(), hasOperatorsKey: settings.jwtSecret != nil)
        if json { return JSONOutput.print(records) }
        var table = TextTable("USE", "KEY", "ALGORITHM", "STATE", "SIGNS FROM", "ACCEPTED UNTIL")
        for key in records {
            table.add([key.use, key.id, key.algorithm, key.state, key.signsFrom, key.acceptedUntil ?? "-"])
        }
        write(table.text)
        if settings.jwtSecret != nil { write("JWT_SECRET signs the access tokens, and none of these keys does\n") }
    }
}

/// All that is shown of a key.
struct KeyRecord: Encodable {
    let use, id, algorithm, state, createdAt, signsFrom: String
    let acceptedUntil: String?

    private enum CodingKeys: String, CodingKey {
        case use, id, algorithm, state
        case createdAt = "created_at"
        case signsFrom = "signs_from"
        case acceptedUntil = "accepted_until"
    }

    private init(_ key: RingKey, _ use: KeyUse, state: String) {
        (self.use, id, algorithm, self.state) = (use.rawValue, key.id, key.algorithm.rawValue, state)
        (createdAt, signsFrom) = (key.createdAt.description, key.signsFrom.description)
        acceptedUntil = key.acceptedUntil?.description
    }

    /// Those that are accepted.
    ///
    /// - Parameter hasOperatorsKey: then the signing keys are not used.
    static func all(of ring: KeyRing, at now: Timestamp, hasOperatorsKey: Bool) -> [KeyRecord] {
        KeyUse.allCases.flatMap { use in
            let signer = ring[use].signer(at: now)
            return ring[use].accepted(at: now).map { key in
                let state =
                    if use == .signing && hasOperatorsKey {
                        "unused"
                    } else if key.id == signer.id {
                        "signs"
                    } else {
                        key.signsFrom > signer.signsFrom ? "next" : "retired"
                    }
                return KeyRecord(key, use, state: state)
            }
        }
    }
}
