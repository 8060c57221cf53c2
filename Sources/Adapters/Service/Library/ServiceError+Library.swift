import SampleLibrary

extension ServiceError {
    /// - Parameter field: which part of the request a name or list was.
    init(_ error: LibraryError, field: String? = nil) {
        switch error {
        case .notFound(let what): self = .notFound(what)
        case .invalidName: self = .invalid(field: field ?? "name", error.description)
        case .tooManyTags, .tooMany: self = .invalid(field: field, error.description)
        case .unfitKit: self = .invalid(field: field, error.description)
        case .tooDeep, .insideItself, .nameTaken, .sameSong, .hasRules: self = .conflict(error.description)
        }
    }

    /// Does `work`, and says in words for clients what the library refuses.
    static func translating<Value>(field: String? = nil, _ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let error as LibraryError {
            throw ServiceError(error, field: field)
        }
    }
}
