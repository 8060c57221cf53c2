import Storage
import WaxwingService

/// One thing that devices keep in step.
struct SyncRowView: Described {
    let type: String
    let id: String
    /// Null of one that was deleted.
    @ExplicitNull var data: RawJSON?
    @ExplicitNull var checksum: String?
    let version: Int64
    let seq: Int64
    @ExplicitNull var device: String?
    let changedAt: Timestamp
    @ExplicitNull var deletedAt: Timestamp?

    init(_ row: SyncRow) {
        (type, id, version, seq) = (row.key.type, row.key.id, row.version, row.seq)
        (data, checksum) = (row.data.map { RawJSON(text: $0.text) }, row.checksum)
        (device, changedAt, deletedAt) = (row.device, row.changedAt, row.deletedAt)
    }

    private init(example: Void) {
        (type, id, version, seq) = ("bookmark", .exampleID, 3, 41)
        (data, checksum) = (RawJSON(text: "{}"), CanonicalJSON.empty.checksum)
        (device, changedAt, deletedAt) = (.exampleID, .example, nil)
    }

    static let example = SyncRowView(example: ())
}

struct SyncPageView: Described {
    let changes: [SyncRowView]
    /// To be asked for as `since` next time, once the last page is read.
    let seq: Int64
    /// Whether all that the device had from here is to go first.
    let reset: Bool

    init(_ page: SyncPage) {
        (changes, seq, reset) = (page.rows.map(SyncRowView.init), page.seq, page.isReset)
    }

    private init(example: Void) {
        (changes, seq, reset) = ([.example], 41, false)
    }

    static let example = SyncPageView(example: ())
}

struct SyncResultView: Described {
    let type: String
    let id: String
    let outcome: SyncOutcome
    /// 0 of what is not there.
    let version: Int64
    let seq: Int64
    @ExplicitNull var checksum: String?
    /// What is there instead, of a conflict.
    @ExplicitNull var row: SyncRowView?

    init(_ result: SyncResults.Result) {
        (type, id, outcome) = (result.key.type, result.key.id, result.outcome)
        (version, seq, checksum) = (result.version, result.seq, result.checksum)
        row = result.row.map(SyncRowView.init)
    }

    private init(example: Void) {
        (type, id, outcome) = ("bookmark", .exampleID, .conflict)
        (version, seq, checksum, row) = (3, 41, CanonicalJSON.empty.checksum, .example)
    }

    static let example = SyncResultView(example: ())
}

struct SyncResultsView: Described {
    /// In the order of the changes.
    let results: [SyncResultView]
    let seq: Int64

    init(_ results: SyncResults) {
        (self.results, seq) = (results.results.map(SyncResultView.init), results.seq)
    }

    private init(example: Void) {
        (results, seq) = ([.example], 41)
    }

    static let example = SyncResultsView(example: ())
}

struct SyncStatusView: Described {
    let seq: Int64
    let oldest: Int64
    let rows: Int
    let bytes: Int
    var maxRows = Sync.mostRows
    var maxBytes = Sync.mostBytes

    init(_ status: SyncStatus) {
        (seq, oldest, rows, bytes) = (status.seq, status.oldest, status.rows, status.bytes)
    }

    private init(example: Void) {
        (seq, oldest, rows, bytes) = (41, 0, 17, 4_096)
    }

    static let example = SyncStatusView(example: ())
}

/// What a device wants a thing to be.
struct SyncChangeForm: DescribedBody {
    let type: String
    let id: String
    let data: CanonicalJSON?
    let deleted: Bool?
    let ifVersion: Int64?

    private enum CodingKeys: String, CodingKey {
        case type, id, data, deleted
        case ifVersion = "if_version"
    }

    init(from decoder: any Decoder) throws {
        self = try decoder.whole { decoder in
            let container = try decoder.container(keyedBy: CodingKeys.self)
            return SyncChangeForm(
                type: try container.decode(String.self, forKey: .type),
                id: try container.decode(String.self, forKey: .id),
                data: try container.decodeIfPresent(CanonicalJSON.self, forKey: .data),
                deleted: try container.decodeIfPresent(Bool.self, forKey: .deleted),
                ifVersion: try container.decodeIfPresent(Int64.self, forKey: .ifVersion))
        }
    }

    private init(type: String, id: String, data: CanonicalJSON?, deleted: Bool?, ifVersion: Int64?) {
        (self.type, self.id, self.data, self.deleted, self.ifVersion) = (type, id, data, deleted, ifVersion)
    }

    static let example = SyncChangeForm(
        type: "bookmark", id: .exampleID, data: .empty, deleted: false, ifVersion: 2)

    /// - Parameter place: in its list, for who reads what is wrong with it.
    func change(at place: Int) throws -> SyncChange {
        do throws(ServiceError) {
            guard (data == nil) == (deleted == true) else {
                throw .invalid(field: nil, "either 'data' is an object, or 'deleted' is true")
            }
            return try SyncChange(SyncKey(type: type, id: id), to: data, ifVersion: ifVersion)
        } catch {
            throw InvalidRequest(field: "changes", message: "changes[\(place)]: \(error)")
        }
    }
}

struct SyncForm: DescribedBody {
    let changes: [SyncChangeForm]

    static let example = SyncForm(changes: [.example])
}
