/// One row of an answer, read by column name.
public struct Row: Sendable {
    package let columns: [String]
    package let values: [SQLValue]

    public init(columns: [String], values: [SQLValue]) {
        (self.columns, self.values) = (columns, values)
    }

    // Inlinable: elsewhere it would ask the runtime for the types that it is of, for each value anew.

    /// - Throws: ``DatabaseError/unexpected(_:)`` when there is no such column, or it holds another type or null.
    @inlinable public func get<Value: SQLConvertible>(
        _ column: String, as type: Value.Type = Value.self
    ) throws(DatabaseError)
        -> Value
    {
        guard let value = Value(sqlValue: try raw(column)) else {
            throw .unexpected("column '\(column)' is not \(Value.self)")
        }
        return value
    }

    /// Nil for null.
    @inlinable public func get<Value: SQLConvertible>(
        optional column: String, as type: Value.Type = Value.self
    )
        throws(DatabaseError) -> Value?
    {
        try raw(column) == .null ? nil : try get(column)
    }

    @usableFromInline func raw(_ column: String) throws(DatabaseError) -> SQLValue {
        guard let index = columns.firstIndex(of: column) else {
            throw .unexpected("the answer has no column '\(column)'")
        }
        return values[index]
    }
}
