import Billing
import Logging
import SampleLibrary
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct EgressTests {
    /// A studio where a sent gigabyte costs a dollar.
    private func studio() async throws -> Studio {
        try await Studio(
            book: PlanBook(
                defaultPlan: "basic", plans: ["basic": Plan()], costs: CostPrices(egressGB: MicroUSD(1_000_000))))
    }

    /// Downloads, bytes and cost in millionths of a dollar that count today.
    private func sent(_ studio: Studio, by account: AccountID? = nil) async throws -> [Int] {
        let report = try await studio.useCases.usage.report(
            of: .signedIn(account ?? studio.account), from: nil, through: nil
        ).report
        return report.lines.filter { $0.feature == .egress }.flatMap {
            [$0.sum.count, $0.sum.amount, $0.sum.cost.whole.count]
        }
    }

    @Test func `what is downloaded counts, with its cost, and what is only looked at does not`() async throws {
        let studio = try await studio()
        let sample = try await studio.sample(MadeAudio.wav(bytes: 40_000)).sample
        let library = studio.useCases.library
        let (_, download) = try await library.audio(sample.id, of: studio.caller, range: nil)
        #expect(download.range == 0..<40_000)
        #expect(try await sent(studio) == [])
        #expect(try await download.bytes().count == 40_000)
        #expect(try await sent(studio) == [1, 40_000, 40])
        let (_, part) = try await library.audio(sample.id, of: studio.caller, range: .closed(100, 1_099))
        #expect(try await part.bytes().count == 1_000)
        #expect(try await sent(studio) == [2, 41_000, 41])
        #expect(try await sent(studio, by: .random()) == [])
        studio.clock.advance(by: .days(1))
        let (_, last) = try await library.audio(sample.id, of: studio.caller, range: .suffix(1))
        #expect(try await last.bytes().count == 1)
        #expect(try await sent(studio) == [2, 41_000, 41, 1, 1, 0])
    }

    @Test func `of a download that breaks off counts what was handed on until then`() async throws {
        let studio = try await studio()
        let bytes = [UInt8](repeating: 1, count: 10_000)
        let key = try ObjectKey("processed/\(studio.account)/a")
        try await studio.objects.put(bytes, at: key)
        let info = try await studio.objects.get(key, range: nil).info
        let body = ObjectBody(info: info, range: 0..<10_000, stream: .chunks(bytes, of: 1_000))
        let download = studio.useCases.egress.download(body)
        // The task of a client that goes away is cancelled, and its connection throws.
        let reading = Task {
            var parts = 0
            try await download.write { _ in
                parts += 1
                if parts == 3 {
                    withUnsafeCurrentTask { $0?.cancel() }
                    throw Disconnected()
                }
            }
        }
        await #expect(throws: Disconnected.self) { try await reading.value }
        #expect(try await sent(studio) == [1, 3_000, 3])
        let broken = ObjectBody(
            info: info, range: 0..<10_000, stream: .chunks(bytes, of: 1_000) { if $0 == 2 { throw Disconnected() } })
        await #expect(throws: Disconnected.self) { try await studio.useCases.egress.download(broken).bytes() }
        #expect(try await sent(studio) == [2, 5_000, 5])
    }

    @Test func `of an object by link counts whose it is by its key, and of what is nobody's nothing`() async throws {
        let studio = try await studio()
        func download(_ key: String) async throws {
            let key = try ObjectKey(key)
            try await studio.objects.put([1, 2, 3], at: key)
            _ = try await studio.useCases.egress.download(studio.objects.get(key, range: nil)).bytes()
        }
        for key in ["exports/a.wav", "exports/nobody/a.wav", "\(studio.account)"] { try await download(key) }
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM usage_days") == 0)
        try await download("processed/\(studio.account)/b")
        #expect(try await sent(studio) == [1, 3, 0])
    }

    @Test func `no download fails because it cannot be counted`() async throws {
        let studio = try await studio()
        let key = try ObjectKey("processed/\(studio.account)/a")
        try await studio.objects.put([1, 2, 3], at: key)
        let egress = Egress(
            database: ForgetfulDatabase(database: studio.database), usage: UsageLog(clock: studio.clock),
            prices: CostPrices(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(try await egress.download(studio.objects.get(key, range: nil)).bytes() == [1, 2, 3])
    }

    @Test func `many downloads at once are all counted`() async throws {
        let studio = try await studio()
        let sample = try await studio.sample(MadeAudio.wav(bytes: 2_000)).sample
        try await withThrowingDiscardingTaskGroup { group in
            for _ in 1...64 {
                group.addTask {
                    let (_, download) = try await studio.useCases.library.audio(
                        sample.id, of: studio.caller, range: nil)
                    _ = try await download.bytes()
                }
            }
        }
        #expect(try await sent(studio) == [64, 128_000, 128])
    }
}
