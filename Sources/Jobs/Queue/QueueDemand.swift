import Storage

/// What a worker asks of a queue.
public struct QueueDemand: Equatable, Sendable {
    public let queue: String
    /// Jobs at most.
    public var limit: Int
    /// When the queue's next turn is; that of the smallest comes first.
    var turn = 0.0
    /// From one of its turns to the next: the greater a queue's weight, the shorter.
    var stride = 1.0

    public init(_ queue: String, atMost limit: Int) {
        (self.queue, self.limit) = (queue, limit)
    }
}

/// A job that may be taken.
struct ReadyJob: Equatable {
    let id: JobID
    let kind: String
    let priority: Int
    let turn: Timestamp
}

extension ReadyJob {
    init(_ row: Row) throws(DatabaseError) {
        self.init(
            id: try row.get("id"), kind: try row.get("kind"), priority: try row.get("priority"),
            turn: try row.get("turn"))
    }
}

extension QueueDemand {
    /// What a queue has for its demand, the next first.
    struct Line {
        var demand: QueueDemand
        var jobs: ArraySlice<ReadyJob>

        init(_ demand: QueueDemand, _ jobs: [ReadyJob]) {
            (self.demand, self.jobs) = (demand, jobs[...])
        }

        /// Whose turn is first; where that says nothing, the job that is.
        fileprivate static func isBefore(_ a: Line, _ b: Line) -> Bool {
            guard a.demand.turn == b.demand.turn, let one = a.jobs.first, let other = b.jobs.first else {
                return a.demand.turn < b.demand.turn
            }
            return (other.priority, one.turn, one.id.text) < (one.priority, other.turn, other.id.text)
        }
    }

    /// Stride scheduling (Waldspurger and Weihl, 1995): each queue has turns as often as its weight says.
    static func merge(_ lines: [Line], _ limit: Int) -> [ReadyJob] {
        var (lines, taken) = (lines.filter { !$0.jobs.isEmpty }, [ReadyJob]())
        while taken.count < limit, let next = lines.indices.min(by: { Line.isBefore(lines[$0], lines[$1]) }) {
            taken.append(lines[next].jobs.removeFirst())
            lines[next].demand.turn += lines[next].demand.stride
            if lines[next].jobs.isEmpty { lines.remove(at: next) }
        }
        return taken
    }
}
