import Auth
import Billing
import SampleLibrary
import Storage

extension LinkedUploads {
    /// Holds room for a file that is no sample, and gives links to send it with. It is kept under the upload's identifier.
    ///
    /// - Parameters:
    ///   - contentType: of a kind that is kept; the file must turn out to be of it.
    ///   - ticket: of a request with an idempotency key: where it was begun before, this is the same upload.
    /// - Throws: ``ServiceError`` `.invalid`, `.notFound` for the folder, `.tooLarge`, `.quotaExceeded`, `.unsupportedMedia`.
    public func beginFile(
        named filename: String?, size: Int, contentType: String, in folder: FolderID?, inParts: Bool,
        for caller: Principal, once ticket: IdempotencyTicket? = nil
    ) async throws -> OpenUpload {
        let account = try caller.may(.upload)
        _ = try caller.may(.changeLibrary)
        if let begun = try await begun(ticket, by: account) { return begun }
        let entitlement = try await accounts.entitlement(of: account)
        guard size > 0 else { throw ServiceError.invalid(field: "size", "'size' must be the bytes of the file") }
        guard let kind = FileKind.allCases.first(where: { $0.contentType == contentType.lowercased() }) else {
            throw ServiceError.unsupportedMedia("'\(contentType)' is no type that is kept: send \(FileKind.names)")
        }
        let limit = min(entitlement.plan.uploadBytes ?? .max, kind.largest)
        guard size <= limit else { throw ServiceError.tooLarge(limit: limit) }
        if let folder {
            let known = try await database.read { try LibraryFiles().folder(folder, of: account, in: $0) }
            guard known != nil else { throw ServiceError.notFound("folder") }
        }
        let plan = entitlement.plan
        let name = FileName.shown(FileName.cleaned(filename, format: kind.rawValue))
        let detail = LinkedUploadDetail(
            sample: nil, filename: name, lane: plan.lane, delaySeconds: 0, delayUntilSeconds: nil, etaSeconds: 5,
            file: LinkedUploadDetail.File(folder: folder))
        return try await begin(
            kind.contentType, size: size, detail, inParts: inParts, for: account, under: entitlement, ticket)
    }
}
