import AudioCore
import Auth
import SampleLibrary
import Storage
import Testing

@testable import WaxwingService

@Suite struct SamplePicturesTests {
    private let small = try? PictureSize(width: 64, height: 32)

    @Test func `a picture is drawn once, kept, and goes with its sample`() async throws {
        let studio = try await Studio()
        let sample = try await studio.sample().sample
        let pictures = studio.useCases.pictures
        let size = try #require(small)
        let before = studio.analyzer.calls
        for drawing in [Drawing.waveform(size, .rms), .waveform(size, .peaks), .spectrogram(size, .magma)] {
            let first = try await pictures.picture(drawing, of: sample.id, for: studio.caller)
            let again = try await pictures.picture(drawing, of: sample.id, for: studio.caller)
            let bytes = try await first.body.bytes()
            #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
            #expect(try await again.body.bytes() == bytes && again.body.info.etag == first.body.info.etag)
        }
        #expect(studio.analyzer.calls == before + 3)
        #expect(try await studio.traces().objects.count { $0.hasPrefix("pictures/") } == 3)
        try await studio.useCases.library.purge(sample.id, of: studio.caller)
        try await studio.work()
        #expect(try await studio.traces().objects.isEmpty)
    }

    @Test func `many who ask at once wait for one drawing`() async throws {
        let studio = try await Studio()
        let sample = try await studio.sample().sample
        let drawing = Drawing.spectrogram(try #require(small), .viridis)
        let (before, pictures, caller) = (studio.analyzer.calls, studio.useCases.pictures, studio.caller)
        let bytes = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await pictures.picture(drawing, of: sample.id, for: caller).body.bytes()
                }
            }
            return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
        }
        #expect(bytes.count == 1 && studio.analyzer.calls - before == 1)
    }

    @Test func `few are drawn at a time, and too many are refused`() async throws {
        let desk = DrawingDesk(atOnce: 2, most: 5)
        let counts = Counts()
        await withTaskGroup(of: Void.self) { group in
            for place in 0..<5 {
                group.addTask {
                    _ = try? await desk.bytes(of: ObjectKey("pictures/\(place)")) {
                        await counts.enter()
                        while await !counts.isOpen { await Task.yield() }
                        await counts.leave()
                        return []
                    }
                }
            }
            while await counts.running < 2 { await Task.yield() }
            while await desk.drawn < 5 { await Task.yield() }
            #expect(await refusal { try await desk.bytes(of: ObjectKey("pictures/6")) { [] } } == "unavailable")
            await counts.open()
        }
        #expect(await counts.most == 2)
        #expect(try await desk.bytes(of: ObjectKey("pictures/6")) { [7] } == [7])
    }

    @Test func `only so many pictures of a sample are kept`() async throws {
        let studio = try await Studio()
        let sample = try await studio.sample().sample
        for width in 16..<(16 + SamplePictures.mostKept + 3) {
            let drawing = Drawing.waveform(try PictureSize(width: width, height: 16), .rms)
            _ = try await studio.useCases.pictures.picture(drawing, of: sample.id, for: studio.caller)
        }
        #expect(
            try await studio.traces().objects.count { $0.hasPrefix("pictures/") } == SamplePictures.mostKept)
    }

    @Test func `an outline of few points is told from what was kept, and has the peaks of the sound`() async throws {
        let studio = try await Studio()
        let item = try await studio.sample()
        let before = studio.analyzer.calls
        for points in [2, 100, 400] {
            let told = try #require(WaveformData(item.features, points: points))
            let body = try await studio.useCases.pictures.picture(
                .outline(.dat, points: points), of: item.sample.id, for: studio.caller
            ).body.bytes()
            #expect(body == told.bytes(.dat))
            let peaks = try #require(item.features.waveform)
            #expect(told.length <= points && told.length * told.samplesPerPixel >= item.features.frames)
            let highest = Int16((32_768 * (peaks.max.max() ?? 0)).rounded())
            #expect(told.values.max() == highest)
        }
        #expect(studio.analyzer.calls == before)
        #expect(WaveformData(item.features, points: 401) == nil)
        _ = try await studio.useCases.pictures.picture(
            .outline(.json, points: 401), of: item.sample.id, for: studio.caller)
        #expect(studio.analyzer.calls == before + 1)
    }

    @Test func `a file that cannot be drawn is told, and nothing is kept`() async throws {
        let studio = try await Studio()
        let sample = try await studio.sample().sample
        let drawing = Drawing.waveform(try #require(small), .rms)
        func draw() async -> String? {
            await refusal { try await studio.useCases.pictures.picture(drawing, of: sample.id, for: studio.caller) }
        }
        for (failure, told) in [
            (AnalysisFailure.rejected("no"), "unprocessable"), (.crashed("no"), "unprocessable"),
            (.overloaded, "unavailable"),
        ] {
            studio.analyzer.fail(with: failure)
            #expect(await draw() == told)
        }
        studio.analyzer.fail(with: nil)
        #expect(await draw() == nil)
    }

    @Test func `sizes that cannot be are refused`() throws {
        let usual = PictureSize.waveform
        #expect(try Drawing.size(width: nil, height: nil, usual: usual) == usual)
        for (width, height) in [(15, 16), (4_097, 16), (16, 15), (16, 1_025), (4_096, 1_024), (.max, .max), (-1, 16)] {
            #expect(throws: ServiceError.self) { try Drawing.size(width: width, height: height, usual: usual) }
        }
        for points in [1, 50_001, .max, .min] {
            #expect(throws: ServiceError.self) { try Drawing.outline(.json, checking: points) }
        }
    }

    @Test func `a drawing survives the way to the child that draws it`() throws {
        let size = try #require(small)
        for drawing in [
            Drawing.waveform(size, .peaks), .spectrogram(size, .viridis), .outline(.dat, points: 9),
        ] {
            let line = try AnalysisMessage.encode(AnalysisRequest(path: "/a", task: .drawing(drawing)))
            let read: AnalysisRequest? = AnalysisMessage.decode(line)
            guard case .drawing(drawing) = read?.task else {
                Issue.record("\(String(describing: read))")
                continue
            }
        }
    }
}

private actor Counts {
    private(set) var running = 0
    private(set) var most = 0
    /// Whether those that entered may go on.
    private(set) var isOpen = false

    func open() { isOpen = true }

    func enter() {
        running += 1
        most = max(most, running)
    }

    func leave() { running -= 1 }
}
