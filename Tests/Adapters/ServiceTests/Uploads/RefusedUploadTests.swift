import AudioCore
import Billing
import Jobs
import SampleLibrary
import Storage
import Testing

@testable import WaxwingService

/// Whatever is refused leaves nothing behind.
@Suite struct RefusedUploadTests {
    @Test(arguments: [
        [], Array("hello".utf8), [UInt8](repeating: 0, count: 10_000), Array("<html><script>alert(1)</script>".utf8),
        Array("RIFF\u{0}\u{0}\u{0}\u{0}AVI ".utf8), Array("%PDF-1.7".utf8), Array("MZ".utf8),
    ])
    func `what is no audio is unsupported`(bytes: [UInt8]) async throws {
        for store in Studio.Store.allCases {
            let studio = try await Studio(on: store)
            #expect(await refusal { try await studio.upload(bytes, named: "a.wav") } == "unsupportedMedia")
            #expect(try await studio.traces() == .none)
        }
    }

    @Test func `larger than the plan by its own word: refused before a byte is read`() async throws {
        let studio = try await Studio(Plan(uploadBytes: 10_000))
        let body = ByteStream(pull: {
            Issue.record("the body was read")
            return nil
        })
        // Up to 64 KiB of what is said may be the rest of a form.
        #expect(await refusal { try await studio.upload(body, size: 10_000 + (64 << 10) + 1) } == "tooLarge")
        #expect(try await studio.traces() == .none)
    }

    @Test(arguments: [nil, 1, 10_000])
    func `larger than the plan in truth: cut off at the limit`(said: Int?) async throws {
        for store in Studio.Store.allCases {
            let studio = try await Studio(Plan(uploadBytes: 10_000), on: store)
            let body = ByteStream.chunks(MadeAudio.wav(bytes: 1_000_000), of: 1_000) { number in
                #expect(number <= 10)
            }
            #expect(await refusal { try await studio.upload(body, size: said) } == "tooLarge")
            #expect(try await studio.traces() == .none)
        }
    }

    @Test func `exactly as large as the plan allows is taken`() async throws {
        let studio = try await Studio(Plan(uploadBytes: 10_000))
        try await studio.upload(MadeAudio.wav(bytes: 10_000))
        #expect(await refusal { try await studio.upload(MadeAudio.wav(bytes: 10_002)) } == "tooLarge")
    }

    @Test func `more uploads than the plan has are refused before a byte is read`() async throws {
        let studio = try await Studio(Plan(uploadsPerMonth: 1))
        try await studio.upload()
        let before = try await studio.traces()
        let body = ByteStream(pull: {
            Issue.record("the body was read")
            return nil
        })
        #expect(await refusal { try await studio.upload(body) } == "quotaExceeded")
        #expect(try await studio.traces() == before)
    }

    @Test(arguments: [nil, 1, 10_000, 10_002])
    func `more bytes than the plan keeps are refused`(said: Int?) async throws {
        for store in Studio.Store.allCases {
            let studio = try await Studio(Plan(storageBytes: 10_000), on: store)
            let bytes = MadeAudio.wav(bytes: 10_002)
            #expect(await refusal { try await studio.upload(bytes, size: said) } == "quotaExceeded")
            #expect(try await studio.traces() == .none)
        }
    }

    @Test(arguments: [Plan(), Plan(uploadBytes: 50_000, storageBytes: 50_000)])
    func `a size below zero is refused`(plan: Plan) async throws {
        let studio = try await Studio(plan)
        #expect(await refusal { try await studio.upload(size: -1) } != nil)
        #expect(try await studio.traces() == .none)
    }

    @Test(arguments: Studio.Store.allCases, [0, 1, 3, 10])
    func `a body that breaks throws its own error`(store: Studio.Store, chunk: Int) async throws {
        let studio = try await Studio(on: store)
        let body = ByteStream.chunks(MadeAudio.wav(), of: 2_000) { number in
            if number == chunk { throw Disconnected() }
        }
        await #expect(throws: Disconnected()) { try await studio.upload(body, size: 22_094) }
        #expect(try await studio.traces() == .none)
    }

    @Test(arguments: Studio.Store.allCases)
    func `wherever an upload is cancelled, it is taken whole or leaves nothing`(store: Studio.Store) async throws {
        let bytes = MadeAudio.wav(bytes: 6_000)
        for chunk in 0...6 {
            let studio = try await Studio(on: store)
            let (reached, arrival) = AsyncStream<Void>.makeStream()
            let body = ByteStream.chunks(bytes, of: 1_000) { number in
                if number == chunk { arrival.yield() }
            }
            let upload = Task { try await studio.upload(body) }
            for await _ in reached { break }
            upload.cancel()
            switch await upload.result {
            case .success(let accepted):
                try await studio.work()
                #expect(try await studio.report(accepted).status == .completed)
            case .failure:
                #expect(try await studio.traces() == .none, "cancelled at chunk \(chunk)")
            }
        }
    }

    @Test(arguments: Studio.Store.allCases)
    func `a client that goes away in the middle leaves nothing`(store: Studio.Store) async throws {
        let studio = try await Studio(on: store)
        let (reached, arrival) = AsyncStream<Void>.makeStream()
        let (silence, open) = AsyncStream<Void>.makeStream()
        let body = ByteStream.chunks(MadeAudio.wav(), of: 2_000) { number in
            guard number == 5 else { return }
            arrival.yield()
            // Ends when the task is cancelled, and not before.
            for await _ in silence {}
            try Task.checkCancellation()
        }
        let upload = Task { try await studio.upload(body) }
        for await _ in reached { break }
        #expect(try await studio.traces().holds == 2)
        upload.cancel()
        await #expect(throws: CancellationError.self) { try await upload.value }
        #expect(try await studio.traces() == .none)
        open.finish()
    }

    @Test(arguments: Studio.Store.allCases)
    func `of 40 at once against a limit of 10 exactly 10 are taken`(store: Studio.Store) async throws {
        let bytes = MadeAudio.wav(bytes: 6_000)
        for (plan, isSaid) in [
            (Plan(uploadsPerMonth: 10), false), (Plan(storageBytes: 10 * bytes.count), true),
            (Plan(storageBytes: 10 * bytes.count), false),
        ] {
            let studio = try await Studio(plan, on: store)
            let outcomes = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<40 {
                    group.addTask { await refusal { try await studio.upload(bytes, size: isSaid ? bytes.count : nil) } }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let taken = outcomes.count { $0 == nil }
            #expect(outcomes.allSatisfy { $0 == nil || $0 == "quotaExceeded" })
            // Bytes whose number was not said may be refused while others hold theirs; there is never one too many.
            #expect(plan.uploadsPerMonth == nil && !isSaid ? taken <= 10 : taken == 10)
            let traces = try await studio.traces()
            #expect(traces.jobs == taken && traces.objects.count == taken && traces.holds == 2 * taken)
            let held = [QuotaUnit.uploads: [0, taken], .storageBytes: [0, taken * bytes.count]]
            #expect(traces.balances == held.filter { $0.value != [0, 0] })
        }
    }
}
