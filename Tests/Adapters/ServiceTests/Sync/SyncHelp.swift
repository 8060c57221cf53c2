import Auth
import Foundation
import Storage
import Testing

@testable import WaxwingService

extension SyncKey {
    static func note(_ id: some CustomStringConvertible) throws -> SyncKey { try SyncKey(type: "note", id: "\(id)") }
}

extension SyncChange {
    /// `{"text": …}`; nil deletes.
    static func note(
        _ id: some CustomStringConvertible, _ text: String?, ifVersion: Int64? = nil
    ) throws -> SyncChange {
        let data = try text.map { CanonicalJSON(text: #"{"text":\#(try JSONText.encode($0))}"#) }
        return try SyncChange(.note(id), to: data, ifVersion: ifVersion)
    }
}

extension Sync {
    /// All pages.
    func pullAll(since: Int64 = 0, limit: Int = 50, of caller: Principal) async throws -> SyncPage {
        var (rows, cursor, isReset) = ([SyncRow](), String?.none, false)
        while true {
            let page = try await pull(since: since, limit: limit, after: cursor, of: caller)
            if page.isReset { (rows, isReset) = ([], true) }
            rows += page.rows
            cursor = page.next
            if cursor == nil { return SyncPage(rows: rows, seq: page.seq, isReset: isReset, next: nil) }
        }
    }
}
