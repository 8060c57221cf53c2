import Auth
import Billing
import Jobs
import SampleLibrary
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct FileUseCaseTests {
    private static let png: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + [UInt8](repeating: 1, count: 900)

    @discardableResult
    private func put(
        _ studio: Studio, _ bytes: [UInt8] = png, named name: String? = "cover.png", in folder: FolderID? = nil,
        as caller: Principal? = nil
    ) async throws -> LibraryFile {
        try await studio.useCases.files.receive(
            .chunks(bytes, of: 100), named: name, in: folder, expectedSize: nil, for: caller ?? studio.caller)
    }

    @Test(arguments: Studio.Store.allCases)
    func `a file is kept as it came, counted, and goes with its bytes`(store: Studio.Store) async throws {
        let studio = try await Studio(on: store)
        let file = try await put(studio, named: "a/b\u{202E}cover.png")
        #expect((file.name, file.contentType, file.size) == ("bcover.png", "image/png", Self.png.count))
        #expect(try await studio.traces().balances == [.storageBytes: [Self.png.count, 0]])
        let (_, content) = try await studio.useCases.files.content(file.id, of: studio.caller, range: .closed(8, 9))
        #expect(try await content.bytes() == [1, 1])
        try await studio.useCases.files.delete(file.id, of: studio.caller)
        try await studio.work()
        #expect(try await studio.traces() == .none)
    }

    @Test(
        arguments: [
            ([0xFF, 0xD8, 0xFF, 0xE0], "image/jpeg"), (Array("\u{0}\u{0}\u{0}\u{18}ftypheic".utf8), "image/heic"),
            (Array("\u{0}\u{0}\u{0}\u{18}ftypqt  ".utf8), "video/quicktime"),
            (Array("\u{0}\u{0}\u{0}\u{18}ftypisom".utf8), "video/mp4"), (Array("%PDF-1.7\n".utf8), "application/pdf"),
        ] as [([UInt8], String)])
    func `what a file is, its first bytes say`(head: [UInt8], type: String) async throws {
        let studio = try await Studio()
        #expect(try await put(studio, head + [UInt8](repeating: 0, count: 64), named: "x.exe").contentType == type)
    }

    @Test(arguments: [
        "", "MZ\u{0}\u{1}", "<html><script>alert(1)</script>", "<svg onload=alert(1)>", "PK\u{3}\u{4}evil", "#!/bin/sh",
    ])
    func `anything else is refused, and nothing is left of it`(text: String) async throws {
        let studio = try await Studio()
        #expect(await refusal { try await put(studio, Array(text.utf8)) } == "unsupportedMedia")
        #expect(try await studio.traces() == .none)
    }

    @Test func `a file too large for its kind or plan, or for the room that is left, leaves nothing`() async throws {
        let studio = try await Studio(Plan(uploadBytes: 500, storageBytes: 2_000))
        #expect(await refusal { try await put(studio) } == "tooLarge")
        let roomy = try await Studio(Plan(storageBytes: 1_500))
        try await put(roomy)
        #expect(await refusal { try await put(roomy) } == "quotaExceeded")
        let picture = [0xFF, 0xD8, 0xFF] + [UInt8](repeating: 0, count: FileKind.jpeg.largest)
        let free = try await Studio()
        #expect(
            await refusal {
                try await free.useCases.files.receive(
                    .chunks(picture, of: 1 << 20), named: "big.jpg", in: nil, expectedSize: nil, for: free.caller)
            } == "tooLarge")
        #expect(try await free.traces() == .none)
        #expect(try await studio.traces() == .none)
        #expect(try await roomy.traces().balances == [.storageBytes: [Self.png.count, 0]])
    }

    @Test func `a body that breaks off leaves nothing`() async throws {
        let studio = try await Studio()
        await #expect(throws: Disconnected.self) {
            try await studio.useCases.files.receive(
                .chunks(Self.png, of: 300) { if $0 == 2 { throw Disconnected() } }, named: "x", in: nil,
                expectedSize: nil, for: studio.caller)
        }
        #expect(try await studio.traces() == .none)
    }

    @Test func `folders hold files and folders, and go with them`() async throws {
        let studio = try await Studio()
        let (files, caller) = (studio.useCases.files, studio.caller)
        let art = try await files.createFolder("Art", in: nil, of: caller)
        let inner = try await files.createFolder("Inner", in: art.id, of: caller)
        #expect(await refusal { try await files.createFolder("Inner", in: art.id, of: caller) } == "conflict")
        let file = try await put(studio, in: inner.id)
        #expect(try await files.update(file.id, name: "new.png", folder: .some(art.id), of: caller).folder == art.id)
        #expect(
            await refusal { try await files.updateFolder(art.id, parent: .some(inner.id), of: caller) } == "conflict")
        #expect(try await files.files(in: art.id, of: caller, PageRequest()).items.map(\.name) == ["new.png"])
        try await files.deleteFolder(art.id, of: caller)
        try await studio.work()
        #expect(try await studio.traces() == .none)
        #expect(await refusal { try await files.folder(inner.id, of: caller) } == "notFound")
    }

    @Test func `a folder with more files than go at once goes whole, also after it was broken off`() async throws {
        let studio = try await Studio()
        let (files, caller) = (studio.useCases.files, studio.caller)
        let art = try await files.createFolder("Art", in: nil, of: caller)
        for number in 0..<205 { try await put(studio, named: "\(number).png", in: art.id) }
        // As when the server stops after the first portion.
        _ = try await studio.database.write { session in
            let step = try files.catalog.removeFolder(art.id, of: studio.account, in: session)
            #expect(!step.isOver)
            try files.free(step.files, of: studio.account, in: session)
        }
        #expect(try await files.files(in: art.id, of: caller, PageRequest()).items.count == 5)
        #expect(try await studio.traces().balances[.storageBytes] == [5 * Self.png.count, 0])
        for number in 0..<205 { try await put(studio, named: "\(number).png", in: art.id) }
        try await files.deleteFolder(art.id, of: caller)
        try await studio.work()
        #expect(try await studio.traces() == .none)
        #expect(await refusal { try await files.folder(art.id, of: caller) } == "notFound")
    }

    @Test func `only what its owner opened is read by others`() async throws {
        let studio = try await Studio()
        let (files, eve) = (studio.useCases.files, Principal.signedIn(.random()))
        let file = try await put(studio)
        let folder = try await files.createFolder("Art", in: nil, of: studio.caller)
        #expect(await refusal { try await files.file(file.id, of: eve) } == "notFound")
        #expect(await refusal { try await files.content(file.id, of: eve, range: nil) } == "notFound")
        #expect(await refusal { try await files.publicContent(file.id, range: nil) } == "notFound")
        #expect(await refusal { try await files.link(to: file.id, of: eve) } == "notFound")
        #expect(await refusal { try await files.update(file.id, isPublic: true, of: eve) } == "notFound")
        #expect(await refusal { try await files.delete(file.id, of: eve) } == "notFound")
        #expect(await refusal { try await put(studio, in: folder.id, as: eve) } == "notFound")
        #expect(await refusal { try await files.createFolder("In", in: folder.id, of: eve) } == "notFound")
        #expect(await refusal { try await files.updateFolder(folder.id, name: "Hers", of: eve) } == "notFound")
        #expect(await refusal { try await files.deleteFolder(folder.id, of: eve) } == "notFound")
        #expect(await refusal { try await files.folders(in: folder.id, of: eve) } == "notFound")
        #expect(await refusal { try await files.files(in: folder.id, of: eve, PageRequest()) } == "notFound")
        _ = try await files.update(file.id, isPublic: true, of: studio.caller)
        #expect(try await files.publicContent(file.id, range: nil).1.bytes() == Self.png)
    }

    private func open(
        _ studio: Studio, type: String = "image/png", size: Int = png.count, in folder: FolderID? = nil
    ) async throws -> OpenUpload {
        try await #require(studio.useCases.linkedUploads).beginFile(
            named: "cover.png", size: size, contentType: type, in: folder, inParts: false, for: studio.caller)
    }

    private func send(_ bytes: [UInt8], by open: OpenUpload, in studio: Studio) async throws {
        let server = LinkServer(store: try #require(studio.useCases.linkedObjects))
        #expect(try await server.send(try #require(open.links.first).1, bytes).status == 200)
    }

    @Test(arguments: Studio.Store.allCases)
    func `a file that was sent by link is kept, in its folder and under the upload's name`(
        store: Studio.Store
    ) async throws {
        let studio = try await Studio(on: store)
        let folder = try await studio.useCases.files.createFolder("Art", in: nil, of: studio.caller)
        let upload = try await open(studio, in: folder.id)
        #expect(try await studio.traces().balances[.storageBytes] == [0, Self.png.count])
        try await send(Self.png, by: upload, in: studio)
        _ = try await #require(studio.useCases.linkedUploads).confirm(upload.session.id, for: studio.caller)
        await studio.useCases.upkeep.once()
        while try await studio.work() > 0 {}
        let file = try await studio.useCases.files.file(FileID(renaming: upload.session.id), of: studio.caller)
        #expect((file.folder, file.size, file.contentType) == (folder.id, Self.png.count, "image/png"))
        #expect(try await studio.useCases.files.content(file.id, of: studio.caller, range: nil).1.bytes() == Self.png)
        #expect(try await studio.traces().objects == ["processed/\(studio.account)/\(file.id)"])
        #expect(try await studio.traces().balances[.storageBytes] == [Self.png.count, 0])
    }

    @Test func `a file that was sent by link outlives a store that is away`() async throws {
        let store = AwayStore()
        let studio = try await Studio(objects: store)
        let upload = try await open(studio)
        try await send(Self.png, by: upload, in: studio)
        _ = try await #require(studio.useCases.linkedUploads).confirm(upload.session.id, for: studio.caller)
        let (jobs, job) = (studio.useCases.jobs, JobID(renaming: upload.session.id))
        store.isAway = true
        while try await jobs.job(job, of: studio.caller).status != .failed {
            try await studio.work()
            studio.clock.advance(by: .seconds(60))
        }
        store.isAway = false
        #expect(try await studio.traces().balances[.storageBytes]?.last ?? 0 == 0)
        studio.clock.advance(by: .seconds(2 * 86_400))
        await studio.useCases.upkeep.once()
        #expect(try await jobs.retry(job, of: studio.caller).status == .pending)
        #expect(try await studio.traces().balances[.storageBytes] == [0, Self.png.count])
        while try await studio.work() > 0 {}
        let file = try await studio.useCases.files.file(FileID(renaming: upload.session.id), of: studio.caller)
        #expect(try await studio.useCases.files.content(file.id, of: studio.caller, range: nil).1.bytes() == Self.png)
        #expect(try await studio.traces().balances[.storageBytes] == [Self.png.count, 0])
    }

    /// The heads of a ZIP archive's first entries, without what is in them.
    private static func archive(_ names: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for name in names {
            bytes += [0x50, 0x4B, 3, 4] as [UInt8]
            bytes += [UInt8](repeating: 0, count: 22)
            bytes += [UInt8(clamping: name.utf8.count), 0, 0, 0] as [UInt8]
            bytes += Array(name.utf8)
            bytes += [UInt8](repeating: 7, count: 200)
        }
        return bytes
    }

    @Test(
        arguments: [
            ["[Content_Types].xml", "_rels/.rels", "word/document.xml"],
            ["_rels/.rels", "docProps/app.xml", "word/_rels/document.xml.rels"], ["word/numbering.xml"],
        ])
    func `documents of Word are told in whatever order their parts are`(names: [String]) {
        #expect(FileKind(head: Self.archive(names)) == .docx)
    }

    @Test(
        arguments: [
            ["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"], ["[Content_Types].xml", "ppt/presentation.xml"],
            ["password/list.txt"], ["[Content_Types].xml"],
        ])
    func `other archives are none`(names: [String]) {
        #expect(FileKind(head: Self.archive(names)) == nil)
    }

    @Test func `a file that is not what was said is refused when it has arrived`() async throws {
        let studio = try await Studio()
        let upload = try await open(studio, type: "application/pdf")
        try await send(Self.png, by: upload, in: studio)
        #expect(
            await refusal {
                try await #require(studio.useCases.linkedUploads).confirm(upload.session.id, for: studio.caller)
            } == "unsupportedMedia")
        while try await studio.work() > 0 {}
        #expect(try await studio.traces().balances.isEmpty)
    }

    @Test func `by link, too, kinds have their sizes, and folders their owners`() async throws {
        let studio = try await Studio()
        #expect(await refusal { try await open(studio, type: "text/html") } == "unsupportedMedia")
        #expect(await refusal { try await open(studio, size: FileKind.png.largest + 1) } == "tooLarge")
        #expect(await refusal { try await open(studio, size: 0) } == "invalid")
        #expect(await refusal { try await open(studio, in: .random()) } == "notFound")
        #expect(try await studio.traces() == .none)
    }

    @Test func `names are cut, not their extensions`() {
        let long = FileName.shown(String(repeating: "é", count: 150) + ".png")
        #expect(long.utf8.count <= 200)
        #expect(long.hasSuffix("é.png"))
        #expect(FileName.shown("a.png") == "a.png")
        let full = String(repeating: "a", count: 195)
        #expect(FileName.shown(full + "€.wav") == full + ".wav")
    }
}
