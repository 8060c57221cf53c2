import ArgumentParser

/// `waxwing db`: the service's rows, without the service.
struct DatabaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db",
        abstract: "Look at the service's database, bring it up to date, move it.",
        discussion: """
            Takes the same environment as 'waxwing serve'. A dump is one file with all rows; it is loaded by SQLite and
            PostgreSQL alike, so it moves a service from one to the other. 'waxwing backup' keeps the objects too.

            Examples:
              waxwing db status
              waxwing db check
              waxwing db dump rows.dump
              WAXWING_DATA=/srv/new waxwing db load rows.dump
            """.reflowed,
        subcommands: [
            DatabaseStatus.self, DatabaseMigrate.self, DatabaseCheckCommand.self, DatabaseDump.self, DatabaseLoad.self,
        ])
}
