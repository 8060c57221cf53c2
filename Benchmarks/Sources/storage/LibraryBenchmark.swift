import Figures
import Foundation
import SampleLibrary
import Storage
import StoragePostgres
import StorageSQLite

/// A library of any size: how fast samples come in, and pages out.
enum LibraryBenchmark {
    private static let (warmUps, runs) = (20, 400)

    /// - Parameters:
    ///   - place: an SQLite file or the address of a PostgreSQL server. What was filled before is used again.
    ///   - part: of a question's name; empty for all.
    static func run(samples: Int, on place: String, asking part: String) async throws {
        let database: any Database =
            if place.contains("://") { try PostgresDatabase(url: place) } else { try SQLiteDatabase(path: place) }
        let library = MadeLibrary(on: database, samples: samples)
        let speed = try await library.fill { FileHandle.standardError.write(Data("\($0)\n".utf8)) }
        if let speed { try report(["samples_in_per_second": speed]) }
        let questions = try await LibraryQuestion.all(walking: library.owners[0], on: database)
        for question in questions where part.isEmpty || question.name.contains(part) {
            try report(try await time(question, of: library.owners, on: database))
        }
        if part.isEmpty {
            for readers in [1, 4] { try report(try await pages(of: library.owners, readers: readers, on: database)) }
        }
    }

    /// Another account every time, so that no page of the database is asked for twice in a row.
    private static func time(
        _ question: LibraryQuestion, of owners: [AccountID], on database: any Database
    ) async throws -> Latency {
        var (times, rows) = ([Duration](), 0)
        for run in 0..<warmUps + runs {
            let owner = owners[run * 37 % owners.count]
            let began = ContinuousClock.now
            rows = try await database.read { try question.ask(owner, $0) }
            if run >= warmUps { times.append(began.duration(to: .now)) }
        }
        return Latency(question.name, rows: rows, times: times)
    }

    /// First pages of 50 a second, newest first.
    private static func pages(
        of owners: [AccountID], readers: Int, on database: any Database
    ) async throws -> [String: Double] {
        let each = 2_000 / readers
        let spent = try await ContinuousClock().measure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for reader in 0..<readers {
                    group.addTask {
                        for run in 0..<each {
                            let owner = owners[(run * 37 + reader) % owners.count]
                            _ = try await database.read { try SampleCatalog().search(SampleQuery(), of: owner, in: $0) }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        return ["readers": Double(readers), "pages_per_second": Double(each * readers) / (spent / .seconds(1))]
    }
}
