import Foundation
import Testing

@testable import AudioCore

@Suite struct CardFolderTests {
    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    private func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    /// Publishes a folder that holds one file.
    @discardableResult
    private func publish(_ text: String, as path: String, replaces: Bool = false) throws -> String? {
        let folder = try CardFolder(path: path, replacesExisting: replaces)
        try folder.makeFolder("SMPL")
        try write(text, to: "\(folder.staging)/SMPL/a")
        return try folder.publish()
    }

    @Test func `a folder appears when it is published, with the folders above it`() throws {
        let card = try TestFolder()
        let path = card.file("EXPORT/PROJECT/PROJECT_03")
        let folder = try CardFolder(path: path)
        try folder.makeFolder("SMPL/DEEP")
        try write("new", to: "\(folder.staging)/SMPL/DEEP/a")
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(try folder.publish() == nil)
        #expect(text("\(path)/SMPL/DEEP/a") == "new")
        #expect(try DiskFolder.names(in: card.file("EXPORT/PROJECT")) == ["PROJECT_03"])
    }

    @Test func `what is not published leaves nothing, not even the folders made for it`() throws {
        let card = try TestFolder()
        try FileManager.default.createDirectory(atPath: card.file("EXPORT"), withIntermediateDirectories: false)
        do {
            let folder = try CardFolder(path: card.file("EXPORT/PROJECT/PROJECT_03"))
            try folder.makeFolder("SMPL")
            try write("new", to: "\(folder.staging)/SMPL/a")
        }
        #expect(card.names == ["EXPORT"])
        #expect(try DiskFolder.names(in: card.file("EXPORT")).isEmpty)
    }

    @Test func `what exists is replaced only if asked, and every one is kept`() throws {
        let card = try TestFolder()
        let path = card.file("PROJECT_03")
        try publish("1", as: path)
        #expect(throws: SamplerError.exists(path: path)) { try publish("2", as: path) }
        #expect(text("\(path)/SMPL/a") == "1" && card.names == ["PROJECT_03"])
        #expect(try publish("2", as: path, replaces: true) == card.file("BACKUP1-PROJECT_03"))
        #expect(try publish("3", as: path, replaces: true) == card.file("BACKUP2-PROJECT_03"))
        try FileManager.default.removeItem(atPath: card.file("BACKUP1-PROJECT_03"))
        #expect(
            try publish("4", as: path, replaces: true) == card.file("BACKUP3-PROJECT_03"), "the newest is the highest")
        #expect(text(card.file("BACKUP2-PROJECT_03/SMPL/a")) == "2" && text("\(path)/SMPL/a") == "4")
    }

    @Test func `what appears in its place meanwhile is not replaced`() throws {
        let card = try TestFolder()
        let path = card.file("PROJECT_03")
        let folder = try CardFolder(path: path)
        try publish("theirs", as: path)
        #expect(throws: SamplerError.exists(path: path)) { try folder.publish() }
        #expect(text("\(path)/SMPL/a") == "theirs")
    }

    @Test func `a second rename that fails puts the old folder back`() throws {
        let card = try TestFolder()
        let path = card.file("PROJECT_03")
        try publish("old", as: path)
        #expect(throws: SamplerError.self) {
            try CardFolder.rename(card.file("missing"), to: path, keeping: card.file("BACKUP1-PROJECT_03"))
        }
        #expect(text("\(path)/SMPL/a") == "old" && card.names == ["PROJECT_03"])
    }

    @Test func `a staging folder that is gone leaves the old folder in its place`() throws {
        let card = try TestFolder()
        let path = card.file("PROJECT_03")
        try publish("old", as: path)
        let folder = try CardFolder(path: path, replacesExisting: true)
        // As with a card that was pulled: syncing fails before anything is renamed.
        try FileManager.default.removeItem(atPath: folder.staging)
        #expect(throws: SamplerError.self) { try folder.publish() }
        #expect(text("\(path)/SMPL/a") == "old" && card.names == ["PROJECT_03"])
    }

    @Test func `what a killed run left is removed, what another run fills is not`() throws {
        let card = try TestFolder()
        let path = card.file("PROJECT_03")
        let leftover = card.file(".waxwing-PROJECT_03-killed.part")
        let other = card.file(".waxwing-PROJECT_04-killed.part")
        for folder in [leftover, other] {
            try FileManager.default.createDirectory(atPath: "\(folder)/SMPL", withIntermediateDirectories: true)
        }
        let running = try CardFolder(path: path)
        #expect(running.removedLeftovers == [leftover])
        let second = try CardFolder(path: path)
        #expect(second.removedLeftovers.isEmpty && FileManager.default.fileExists(atPath: running.staging))
        #expect(FileManager.default.fileExists(atPath: other), "another project's is its own run's to remove")
    }

    @Test func `a link of a leftover's name is not followed`() throws {
        let (card, elsewhere) = (try TestFolder(), try TestFolder())
        try write("precious", to: elsewhere.file("a"))
        try FileManager.default.createSymbolicLink(
            atPath: card.file(".waxwing-PROJECT_03-x.part"), withDestinationPath: elsewhere.path)
        #expect(try CardFolder(path: card.file("PROJECT_03")).removedLeftovers.isEmpty)
        #expect(text(elsewhere.file("a")) == "precious")
    }

    @Test func `a run killed between its two renames is made good by the next`() throws {
        let card = try TestFolder()
        let path = card.file("PROJECT_03")
        try publish("old", as: path)
        try FileManager.default.moveItem(atPath: path, toPath: card.file("BACKUP1-PROJECT_03"))
        try FileManager.default.createDirectory(
            atPath: card.file(".waxwing-PROJECT_03-killed.part"), withIntermediateDirectories: false)
        #expect(throws: SamplerError.exists(path: path)) { try CardFolder(path: path) }
        #expect(text("\(path)/SMPL/a") == "old" && card.names == ["PROJECT_03"])
    }

    @Test func `a backup without a killed run stays a backup`() throws {
        let card = try TestFolder()
        try publish("old", as: card.file("BACKUP1-PROJECT_03"))
        try publish("new", as: card.file("PROJECT_03"))
        #expect(text(card.file("BACKUP1-PROJECT_03/SMPL/a")) == "old")
    }

    @Test func `a file in the way of a folder is told`() throws {
        let card = try TestFolder()
        try write("file", to: card.file("EXPORT"))
        let error = #expect(throws: SamplerError.self) { try CardFolder(path: card.file("EXPORT/PROJECT/PROJECT_03")) }
        #expect("\(error as Any)".contains("no folder"))
        #expect(text(card.file("EXPORT")) == "file")
    }

    /// Not even root makes folders there.
    #if os(Linux)
    private static let sealed = "/proc"
    #else
    private static let sealed = "/dev"
    #endif

    @Test func `a folder that may not be written to is told`() {
        #expect(throws: SamplerError.self) { try CardFolder(path: "\(Self.sealed)/PROJECT_03") }
        #expect(throws: SamplerError.self) { try CardFolder(path: "\(Self.sealed)/EXPORT/PROJECT_03") }
    }
}
