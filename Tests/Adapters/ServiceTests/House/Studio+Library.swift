import AudioCore
import Foundation
import SampleLibrary
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

extension Studio {
    /// Uploads and analyses: as many samples as names.
    func samples(_ names: String..., frames: Int = 11_025) async throws -> [SampleID] {
        var ids: [SampleID] = []
        for name in names {
            let upload = try await upload(MadeAudio.wav(frames: frames), named: name)
            try await work()
            ids.append(try #require(try await report(upload).sample))
            clock.advance(by: .milliseconds(10))
        }
        return ids
    }

    /// A kit with those samples on A1, A2, …
    func kit(_ samples: [SampleID], name: String = "Night") async throws -> LibraryKit {
        let pads = zip(PadAddress.all, samples).map { KitPad($0, sample: $1.text) }
        return try await useCases.kits.create(Kit(name: name, bpm: 92, pads: pads), of: caller)
    }

    /// What a ZIP file unpacks to, by Debian's own program: paths and bytes.
    func unpacked(_ zip: [UInt8]) async throws -> [String: [UInt8]] {
        let name = UUID().uuidString
        let (file, target) = ("\(folder.path)/\(name).zip", "\(folder.path)/\(name)")
        try Data(zip).write(to: URL(filePath: file))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["unzip", "-q", file, "-d", target]
        try process.start()
        #expect(await process.end() == 0)
        return try FileManager.default.subpathsOfDirectory(atPath: target).reduce(into: [:]) { found, path in
            found[path] = FileManager.default.contents(atPath: "\(target)/\(path)").map(Array.init)
        }
    }
}
