import Storage
import Testing
import WaxwingService

/// What a step of the schema may do, so that programs of the release before go on beside those that have taken it.
@Suite struct SchemaRuleTests {
    private struct Statement {
        let step: String
        let text: String
    }

    private static func statements(_ dialect: SQLDialect) -> [Statement] {
        UseCases.migrations.flatMap { set in
            set.migrations.flatMap { migration in
                migration.statements.map { statement in
                    let words = statement.rendered(for: dialect).text.split(whereSeparator: \.isWhitespace)
                    return Statement(step: "\(set.module) \(migration.number)", text: words.joined(separator: " "))
                }
            }
        }
    }

    /// Each with why it harms no program that is at work, or what the page on upgrading says of it.
    private static let exceptions = [
        // No program asks for an index by name, and another one has taken its place.
        "jobs 2": ["DROP INDEX jobs_ready", "UPDATE jobs SET turn = run_at"],
        // Rows get what is reckoned from others. A program without the ledger adds no entries to it: all of them are
        // stopped before this step is taken (Docs/Upgrading.md).
        "billing 4": ["INSERT INTO quota_entries", "INSERT INTO quota_entries", "UPDATE quota_balances SET entries"],
    ]

    @Test(arguments: [SQLDialect.sqlite, .postgres])
    func `steps add tables, columns and indexes, and change nothing that is there`(_ dialect: SQLDialect) {
        let statements = Self.statements(dialect)
        #expect(statements.count > 100)
        var found: [String: [String]] = [:]
        for statement in statements
        where !["CREATE TABLE ", "CREATE INDEX ", "CREATE UNIQUE INDEX ", "ALTER TABLE "].contains(
            where: statement.text.hasPrefix)
        {
            found[statement.step, default: []].append(statement.text)
        }
        #expect(Set(found.keys) == Set(Self.exceptions.keys))
        for (step, texts) in found {
            let known = Self.exceptions[step] ?? []
            #expect(texts.count == known.count, "\(step): \(texts)")
            for (text, beginning) in zip(texts.sorted(), known.sorted()) {
                #expect(text.hasPrefix(beginning), "\(step): \(text)")
            }
        }
    }

    /// A program that does not know the column leaves it out of what it writes.
    @Test(arguments: [SQLDialect.sqlite, .postgres])
    func `a table that is there changes by columns alone that nobody has to fill in`(_ dialect: SQLDialect) {
        let changes = Self.statements(dialect).filter { $0.text.hasPrefix("ALTER TABLE ") }
        #expect(changes.count > 20)
        for change in changes {
            let words = change.text.split(separator: " ")
            #expect(words[3...4] == ["ADD", "COLUMN"], "\(change.step): \(change.text)")
            let mustBeFilled = change.text.contains("NOT NULL") && !change.text.contains(" DEFAULT ")
            let isChecked = ["CHECK", "REFERENCES", "UNIQUE", "GENERATED"].contains(where: change.text.contains)
            #expect(!mustBeFilled && !isChecked, "\(change.step): \(change.text)")
        }
    }

    /// Rows that were good before the step are good after it.
    @Test(arguments: [SQLDialect.sqlite, .postgres])
    func `what is made unique is a new table, or a column of the same step`(_ dialect: SQLDialect) {
        let statements = Self.statements(dialect)
        for index in statements where index.text.hasPrefix("CREATE UNIQUE INDEX ") {
            let table = index.text.split(separator: " ON ", maxSplits: 1).last?.prefix { $0 != " " } ?? ""
            let isNew = statements.contains { $0.step == index.step && $0.text.hasPrefix("CREATE TABLE \(table) ") }
            let column = index.text.split(separator: "(").last?.prefix { $0.isLetter || $0 == "_" } ?? ""
            let isAdded = statements.contains {
                $0.step == index.step && $0.text.hasPrefix("ALTER TABLE \(table) ADD COLUMN \(column) ")
            }
            #expect(isNew || isAdded, "\(index.step): \(index.text)")
        }
    }
}
