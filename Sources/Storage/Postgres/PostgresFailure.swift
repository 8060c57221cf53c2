import CLibPQ
import Storage

/// Why a statement, or a connection, did not do its work.
struct PostgresFailure: Error {
    enum Kind {
        /// Another transaction was first: a new one may succeed.
        case conflict
        /// Another program made the same table at the same moment: looked at once more, it is there.
        case sameMoment
        /// The connection remembers a statement that the server forgot, or whose tables have changed.
        case forgottenStatement
        /// The connection is gone.
        case lost
        /// The server stopped it: it was asked to, or it took too long.
        case stopped
        case other
    }

    let kind: Kind
    /// What the caller is told; names the rule, never a value.
    let error: DatabaseError

    init(_ kind: Kind, _ error: DatabaseError) {
        (self.kind, self.error) = (kind, error)
    }
}

extension PostgresFailure {
    /// - Parameter result: an answer that is an error. Its detail and, where it may quote a value, its message stay here.
    init(_ result: OpaquePointer?) {
        func field(_ code: Unicode.Scalar) -> String? {
            PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
        }
        let state = field("C") ?? ""
        let message = field("M") ?? "SQLSTATE \(state)"
        let rule = field("n") ?? field("c").map { "NOT NULL (\($0))" } ?? "SQLSTATE \(state)"
        let table = field("t").map { " of \($0)" } ?? ""
        switch state {
        case "40001", "40P01", "55P03": self.init(.conflict, .busy)
        case "42P07", "42710", "42701", "42P06": self.init(.sameMoment, .unexpected(message))
        case "23505" where field("s") == "pg_catalog": self.init(.sameMoment, .unexpected(message))
        case "26000": self.init(.forgottenStatement, .unexpected(message))
        // A number for many refusals: this one is told by the function that refuses.
        case "0A000" where field("R") == "RevalidateCachedQuery":
            self.init(.forgottenStatement, .unexpected(message))
        case "57014": self.init(.stopped, .unavailable("a statement ran longer than it may"))
        case "25P03": self.init(.stopped, .unavailable("a transaction did nothing for longer than it may"))
        case "25006": self.init(.other, .unexpected("a change where only reading is allowed"))
        case "57P01", "57P02", "57P03": self.init(.lost, .unavailable(message))
        default:
            switch state.prefix(2) {
            case "23": self.init(.other, .constraint("\(rule)\(table)"))
            // Messages about data quote it.
            case "22": self.init(.other, .unexpected("a value does not fit its column or function, SQLSTATE \(state)"))
            case "08": self.init(.lost, .unavailable(message))
            case "28", "3D", "53", "58", "57": self.init(.other, .unavailable(message))
            default: self.init(.other, .unexpected(message))
            }
        }
    }
}
