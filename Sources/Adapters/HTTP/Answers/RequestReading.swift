import Billing
import Hummingbird
import Storage
import WaxwingService

extension Request {
    /// A whole number of the query; nil where it is not there.
    func number(_ name: String) throws -> Int? {
        try parameter(name).map { text in
            guard let number = Int(text) else {
                throw InvalidRequest(field: name, message: "'\(name)' must be a whole number")
            }
            return number
        }
    }

    /// A number of the query; nil where it is not there.
    func decimal(_ name: String) throws -> Double? {
        try parameter(name).map { text in
            guard let number = Double(text), number.isFinite else {
                throw InvalidRequest(field: name, message: "'\(name)' must be a number")
            }
            return number
        }
    }

    /// A day of the query; nil where it is not there.
    func day(_ name: String) throws -> UTCDay? {
        try parameter(name).map { text in
            guard let day = UTCDay(text) else {
                throw InvalidRequest(field: name, message: "'\(name)' must be a day, as '2026-11-21'")
            }
            return day
        }
    }

    /// An identifier of the query; nil where it is not there. What is no identifier can be nobody's.
    func identifier<Entity>(
        _ name: String, _ missing: @autoclosure () -> any Error
    ) throws -> Identifier<Entity>? {
        try parameter(name).map { text in
            guard let id = Identifier<Entity>(text) else { throw missing() }
            return id
        }
    }

    /// `true` or `false` of the query; nil where it is not there.
    func flag(_ name: String) throws -> Bool? {
        switch try parameter(name) {
        case nil: return nil
        case "true": return true
        case "false": return false
        default: throw InvalidRequest(field: name, message: "'\(name)' is 'true' or 'false'")
        }
    }

    /// `?limit=&cursor=`.
    func page(of owner: AccountID, list: String) throws -> PageRequest {
        let limit = try pageLimit()
        guard let text = try parameter("cursor") else { return PageRequest(limit: limit) }
        guard let cursor = PageCursor(text, for: owner, list: list) else {
            throw ServiceError.foreignCursor
        }
        return PageRequest(limit: limit, after: cursor)
    }
}

extension Request {
    /// `?limit=` of a list.
    func pageLimit() throws -> Int {
        guard let text = try parameter("limit") else { return 50 }
        guard let number = Int(text), (1...PageRequest.largest).contains(number) else {
            throw InvalidRequest(
                field: "limit", message: "'limit' must be a number from 1 to \(PageRequest.largest)")
        }
        return number
    }
}

extension APIContext {
    /// The `:id` of the route. One that is no identifier can be nobody's, which looks the same as another's.
    func identifier<Entity>(_ missing: @autoclosure () -> any Error) throws -> Identifier<Entity> {
        guard let id = parameters.get("id").flatMap(Identifier<Entity>.init) else { throw missing() }
        return id
    }
}
