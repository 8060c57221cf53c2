import AudioCore
import Foundation
import StorageTestKit
import Testing

/// What `waxwing export` does on every device.
@Suite struct ExportDeviceTests {
    private let card: TestCard

    init() throws { card = try TestCard() }

    @Test(arguments: [("sp404mkii", 4_800), ("sp404sx", 4_410), ("import", 4_800)])
    func `short sounds are lengthened if that is asked for`(device: String, frames: Int) async throws {
        let short = try card.folder.write(Sound.kicks(seconds: 0.05), to: "short.wav")
        let refused = try await Program.run("export", short, "--device", device, "-o", card.path)
        #expect(refused.status == 1 && refused.errors.contains("shorter than 0.1 s") && card.names(card.path).isEmpty)
        let result = try await Program.run("export", short, "--device", device, "-o", card.path, "--lengthen", "--json")
        #expect(result.status == 0, "\(result.errors)")
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let item = try #require((report["items"] as? [[String: Any]])?.first)
        #expect(item["frames"] as? Int == frames && item["exported"] as? Bool == true)
        // 1,102 frames of 22,050 Hz are a little less than half of it.
        let added = try #require(item["added_frames"] as? Int)
        #expect(abs(2 * added - frames) < 10)
    }

    @Test func `a kit that was built is exported and looked into`() async throws {
        _ = try card.folder.write(Sound.kicks(), to: "sounds/beat.wav")
        _ = try card.folder.write(Sound.kicks(seconds: 0.3), to: "sounds/hit.wav")
        let file = "\(card.folder.path)/kit.json"
        let built = try await Program.run("kit", "build", "\(card.folder.path)/sounds", "-o", file)
        #expect(built.status == 0)
        let exported = try await Program.run("export", file, "-o", card.path)
        #expect(exported.status == 0 && exported.errors.isEmpty, "\(exported.errors)")
        let kit = try Kit(path: file)
        let project = "\(card.path)/EXPORT/PROJECT/PROJECT_01"
        #expect(!kit.pads.isEmpty && card.names("\(project)/SMPL").count == kit.pads.count)
        let inspected = try await Program.run("sp404", "inspect", project)
        #expect(inspected.status == 0 && inspected.output.hasPrefix("sounds, version 3, "), "\(inspected.errors)")
        #expect(inspected.output.contains("\(kit.pads.count) of 160 pads\n"))
    }
}
