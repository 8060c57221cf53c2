import HTTPTypes
import Storage

/// By what versions of a thing are told apart.
struct Validators: Equatable, Sendable {
    let tag: EntityTag
    var modified: Timestamp?

    init(_ tag: EntityTag, modified: Timestamp? = nil) {
        (self.tag, self.modified) = (tag, modified)
    }

    init(_ object: ObjectInfo) {
        self.init(EntityTag(object.etag), modified: object.modified)
    }
}

/// What a request makes itself depend on: `If-Match`, `If-None-Match`, `If-Modified-Since`, `If-Unmodified-Since` and
/// `If-Range`.
///
/// Source: RFC 9110 §13.
struct Preconditions: Equatable, Sendable {
    enum Verdict: Equatable {
        case proceed
        /// The client has it: 304.
        case notModified
        /// 412.
        case failed
    }

    private let isRead: Bool
    private let match, noneMatch: EntityTagList?
    private let modifiedSince, unmodifiedSince: Timestamp?
    private let range: String?

    init(_ method: HTTPRequest.Method, _ headers: HTTPFields) {
        func tags(_ name: HTTPField.Name) -> EntityTagList? { headers[name].map(EntityTagList.init) }
        func date(_ name: HTTPField.Name) -> Timestamp? {
            headers[values: name].count == 1 ? headers[name].flatMap(Timestamp.init(httpDate:)) : nil
        }
        isRead = method == .get || method == .head
        (match, noneMatch) = (tags(.ifMatch), tags(.ifNoneMatch))
        (modifiedSince, unmodifiedSince) = (date(.ifModifiedSince), date(.ifUnmodifiedSince))
        range = headers[.ifRange]
    }

    /// Whether there is none, so that nobody need look what there is.
    var isEmpty: Bool {
        match == nil && noneMatch == nil && modifiedSince == nil && unmodifiedSince == nil && range == nil
    }

    /// In the order of RFC 9110 §13.2.2; a tag says more than a date.
    ///
    /// - Parameter version: nil where nothing is there yet.
    func verdict(for version: Validators?, at now: Timestamp) -> Verdict {
        guard mayTouch(version) else { return .failed }
        if let noneMatch {
            return noneMatch.names(version, EntityTag.isEquivalent) ? (isRead ? .notModified : .failed) : .proceed
        }
        // A date to come is none (§13.1.3).
        guard isRead, let modifiedSince, modifiedSince <= now, let modified = version?.modified else { return .proceed }
        return modified.wholeSeconds <= modifiedSince.wholeSeconds ? .notModified : .proceed
    }

    private func mayTouch(_ version: Validators?) -> Bool {
        if let match { return match.names(version, EntityTag.isSame) }
        guard let unmodifiedSince, let modified = version?.modified else { return true }
        return modified.wholeSeconds <= unmodifiedSince.wholeSeconds
    }

    /// Whether a part may be sent of `version`: the client has others of the same, or did not say.
    func allowsRange(of version: Validators, at now: Timestamp) -> Bool {
        guard let range else { return true }
        if let tag = EntityTag(range) { return version.tag.isSame(as: tag) }
        guard let date = Timestamp(httpDate: range), let modified = version.modified else { return false }
        // Within the second of a change there may be another one of that date (§8.8.2.2).
        return modified.wholeSeconds == date.wholeSeconds && modified.wholeSeconds < now.wholeSeconds
    }
}

extension EntityTagList {
    fileprivate func names(_ version: Validators?, _ isIt: (EntityTag) -> (EntityTag) -> Bool) -> Bool {
        guard let version else { return false }
        return switch self {
        case .any: true
        case .tags(let tags): tags.contains { isIt(version.tag)($0) }
        }
    }
}

/// A request that was to be done to another version than there is.
struct PreconditionFailed: Error {}
