import AudioCore
import Auth
import Foundation
import SampleLibrary
import Storage

/// How a kit is put together out of samples.
public struct KitOrder: Equatable, Sendable {
    /// Sounds of a kit.
    public static let counts = 1...16
    public static let usualCount = 12

    /// Nil for "Kit".
    public var name: String?
    /// To choose from; nil for what `query` finds.
    public var samples: [SampleID]?
    /// Nil for all samples, newest first.
    public var query: SampleQuery?
    /// How many pads are filled at most.
    public var count: Int
    /// Beats per minute; nil for the median of the loops.
    public var bpm: Double?
    /// 0 takes the best sound for each pad, any other number picks among the good ones.
    public var seed: UInt64
    /// A sample that the others are to go with.
    public var around: SampleID?
    /// A kit whose empty pads are filled in a copy of it.
    public var completing: KitID?
    public var device: ExportTarget.Device

    public init(
        name: String? = nil, samples: [SampleID]? = nil, query: SampleQuery? = nil, count: Int = usualCount,
        bpm: Double? = nil, seed: UInt64 = 0, around: SampleID? = nil, completing: KitID? = nil,
        device: ExportTarget.Device = .sp404mkii
    ) {
        (self.name, self.samples, self.query, self.count) = (name, samples, query, count)
        (self.bpm, self.seed, self.around, self.completing) = (bpm, seed, around, completing)
        self.device = device
    }

    func check() throws(ServiceError) {
        guard Self.counts.contains(count) else {
            throw .invalid(field: "count", "'count' is a number from 1 to 16")
        }
        if let bpm, !Kit.tempi.contains(bpm) { throw .invalid(field: "bpm", "'bpm' is 40 to 200") }
        if samples != nil, query != nil {
            throw .invalid(field: "query", "name 'samples' or a 'query', not both")
        }
        if let samples, !(1...Exports.mostSamples).contains(samples.count) {
            throw .invalid(field: "samples", "'samples' are 1 to \(Exports.mostSamples)")
        }
        if let name, let problem = Kit(name: name).problems.first {
            throw .invalid(field: "name", "'name' \(problem.problem): \(problem.remedy)")
        }
    }
}

/// A kit that was put together, and what is to be said of it.
public struct BuiltLibraryKit: Sendable {
    /// Each pad with the reason why it plays what it does.
    public let kit: LibraryKit
    /// The tempo and the key everything goes with.
    public let bpm: Double
    public let key: Key?
    /// How many samples were looked at.
    public let considered: Int
    /// Pads for which there was nothing, and why.
    public let empty: [EmptyPad]
    /// Samples no pad can play: filename, and why.
    public let unfit: [(sample: SampleID, reason: String)]
}

extension Kits {
    /// Puts a kit together by rules, and keeps it. Most samples that are looked at: ``Exports/mostSamples``.
    ///
    /// - Parameter ticket: of a request with an idempotency key.
    /// - Throws: ``ServiceError`` `.invalid`, `.notFound` for a sample or kit, `.unprocessable` where no pad finds a sound.
    public func build(
        _ order: KitOrder, of caller: Principal, once ticket: IdempotencyTicket? = nil
    ) async throws -> BuiltLibraryKit {
        let account = try caller.may(.changeLibrary)
        _ = try caller.may(.readLibrary)
        try order.check()
        let (sounds, kept) = try await material(order, account)
        let built = try await blocking { try Self.build(order, sounds, completing: kept) }
        guard !built.kit.pads.isEmpty else {
            throw ServiceError.unprocessable(
                built.unfit.first.map { "no sample is fit for a pad: the first is \($0.reason)" }
                    ?? "no sample is fit for a pad: upload some, or ask for others")
        }
        let kit = try await keep(built.kit, of: account, ticket)
        return BuiltLibraryKit(
            kit: kit, bpm: built.frame.bpm, key: built.frame.key, considered: sounds.count, empty: built.empty,
            unfit: built.unfit.compactMap { unfit in SampleID(unfit.sample).map { ($0, unfit.reason) } })
    }

    private func material(
        _ order: KitOrder, _ account: AccountID
    ) async throws -> (sounds: [KitCandidate], kept: Kit?) {
        try await database.read { session in
            var ids = try order.samples ?? Self.found(order.query ?? SampleQuery(), of: account, in: session)
            let kept = try order.completing.map { id in
                guard let kit = try catalog.find(id, of: account, in: session) else {
                    throw ServiceError.notFound("kit")
                }
                return kit.playable(\.id.text)
            }
            let named = (order.samples ?? []) + [order.around].compactMap { $0 }
            ids += ([order.around].compactMap { $0 }) + (kept?.pads.compactMap { SampleID($0.sample) } ?? [])
            var candidates: [SampleID: KitCandidate] = [:]
            for portion in Array(Set(ids)).portioned(by: 500) {
                let vectors = try SampleCatalog().vectors(of: portion, owner: account, in: session)
                for item in try SampleCatalog().analyzed(portion, of: account, in: session)
                where item.sample.hiddenAt == nil {
                    candidates[item.sample.id] = KitCandidate(item, vectors[item.sample.id])
                }
            }
            guard named.allSatisfy({ candidates[$0] != nil }) else { throw ServiceError.notFound("sample") }
            return (candidates.values.sorted { $0.sample < $1.sample }, kept)
        }
    }

    private static func found(
        _ query: SampleQuery, of account: AccountID, in session: any ReadSession
    ) throws -> [SampleID] {
        var (query, ids, cursor) = (query, [SampleID](), SampleCursor?.none)
        query.isHidden = false
        repeat {
            let page = try SampleCatalog().ids(
                query, of: account, limit: PageRequest.largest, after: cursor, in: session)
            ids += page.items
            cursor = page.next
        } while cursor != nil && ids.count < Exports.mostSamples
        return ids
    }

    private static func build(
        _ order: KitOrder, _ sounds: [KitCandidate], completing kept: Kit?
    ) throws(ServiceError) -> BuiltKit {
        var builder = KitBuilder(name: order.name, bpm: order.bpm, seed: order.seed)
        builder.fitsSX = order.device == .sp404sx
        let around = order.around?.text
        do throws(SamplerError) {
            var built = try builder.build(
                from: sounds, around: sounds.first { $0.sample == around }, completing: kept)
            built.thin(to: order.count, keeping: Set(kept?.pads.map(\.address) ?? []), around: around)
            return built
        } catch {
            throw .unprocessable(error.description)
        }
    }
}

extension BuiltKit {
    /// The purposes of a bank in the order in which a small kit takes them: one of each before two of any. Kick, snare, closed
    /// hat; a loop, a note, percussion; open hat; and so on.
    private static let order = [13, 14, 15, 1, 5, 9, 16, 2, 6, 10, 3, 7, 11, 4, 8, 12]

    /// Leaves so many of the pads that were chosen; those that were there, and the sound in the middle, stay.
    fileprivate mutating func thin(to count: Int, keeping kept: Set<PadAddress>, around: String?) {
        func rank(_ pad: KitPad) -> Int {
            if pad.sample == around { return -1 }
            return pad.address.bank * 100 + (Self.order.firstIndex(of: pad.address.pad) ?? 0)
        }
        let chosen = kit.pads.filter { !kept.contains($0.address) }.sorted { rank($0) < rank($1) }
        let left = Set(chosen.prefix(count).map(\.address))
        kit.pads = kit.pads.filter { kept.contains($0.address) || left.contains($0.address) }
    }
}

extension KitCandidate {
    /// From what the library knows of a sample, as its owner corrected it.
    ///
    /// - Parameter vector: of how it sounds; nil for silence.
    init(_ item: AnalyzedSample, _ vector: SimilarityVector?) {
        let features = item.features
        var summary = SoundSummary(features)
        (summary.kind, summary.bpm, summary.key, summary.vector) = (item.kind, item.bpm, item.key, vector)
        let corrected = item.sample.corrections.role.map {
            RoleEstimate(
                role: $0, confidence: 1, reason: "as its owner says", candidates: [RoleCandidate(role: $0, score: 1)])
        }
        self.init(
            sample: item.sample.id.text, summary: summary, role: corrected ?? features.role,
            loudness: features.loudness.momentaryMaximum ?? Self.loudnessOfHit(features), channels: features.channels)
    }

    /// Of a sound shorter than the window in which loudness is measured, with silence behind it: its power, spread over the
    /// window. Without the weighting of frequencies, which for levels of pads is near enough.
    private static func loudnessOfHit(_ features: AudioFeatures) -> Double? {
        let (window, power) = (0.4, features.timbre.rms.mean * features.timbre.rms.mean)
        guard features.duration < window, features.duration > 0, power > 0 else { return nil }
        // Both loudspeakers.
        let loudness = -0.691 + 10 * log10(2 * power * features.duration / window)
        return loudness > -70 ? loudness : nil
    }
}

extension Array {
    /// In parts that a statement may list.
    fileprivate func portioned(by most: Int) -> [[Element]] {
        stride(from: 0, to: count, by: most).map { Array(self[$0..<Swift.min($0 + most, count)]) }
    }
}
