import Testing

@testable import AudioCore

/// On the pads of kick, snare and hats stands a usual one, not one that is taken for it.
@Suite struct KinshipTests {
    @Test(arguments: [7, 8, 47, 48, 49, 200])
    func `a sound unlike all others of its role is not chosen, however sure it is`(count: Int) throws {
        let kit = try KitBuilder().build(from: Self.alike(count, .kick) + [Self.outlier(.kick)]).kit
        let pad = try #require(kit[PadAddress.all[12]])
        #expect(pad.sample.hasPrefix("alike"))
        #expect(pad.reason?.hasSuffix("of \(count + 1) the most usual") == true, "\(pad.reason ?? "")")
    }

    @Test(arguments: [Role.snare, .closedHat, .openHat])
    func `so it is for snares and hats`(role: Role) throws {
        let kit = try KitBuilder().build(from: Self.alike(8, role) + [Self.outlier(role)]).kit
        let pad = try #require(kit.pads.first { $0.address.pad == PadSlot.place(of: Self.outlier(role)).pad })
        #expect(pad.sample.hasPrefix("alike"))
    }

    @Test(arguments: [1, 6])
    func `of fewer than eight nobody knows what is usual, and the surest is chosen`(count: Int) throws {
        let sounds = Self.alike(count, .kick) + [Self.outlier(.kick)]
        let pad = try #require(KitBuilder().build(from: sounds).kit[PadAddress.all[12]])
        #expect(pad.sample == "outlier" && pad.reason?.contains("usual") == false)
    }

    @Test func `sounds of other roles, loops, and sounds of which nothing is known are no kin`() throws {
        let loops = Self.alike(6, .kick).map { hit in
            var loop = hit
            (loop.sample, loop.summary.kind, loop.summary.bpm) = ("loop \(hit.sample)", .loop, 120)
            loop.summary.duration = 4
            return loop
        }
        let others = Self.alike(6, .snare).map { hit in
            var snare = hit
            snare.sample = "snare \(hit.sample)"
            return snare
        }
        let sounds = Self.alike(2, .kick) + loops + others + [Self.outlier(.kick)]
        #expect(try KitBuilder().build(from: sounds).kit[PadAddress.all[12]]?.sample == "outlier")
        var unknown = MadeSound.hit("unknown", .kick)
        unknown.summary.vector = nil
        #expect(Kinship(of: Self.alike(7, .kick) + [unknown, unknown]) == nil)
        let kin = try #require(Kinship(of: Self.alike(8, .kick)))
        #expect(kin.distance(of: unknown) == nil)
    }

    @Test func `a pad that wants something else takes the outlier`() throws {
        let kit = try KitBuilder().build(from: Self.alike(8, .tom) + [Self.outlier(.tom)]).kit
        #expect(kit[PadAddress.all[9]]?.sample == "outlier")
    }

    @Test func `the distance to kin is the mean over all`() throws {
        let sounds = Self.alike(8, .kick)
        let kin = try #require(Kinship(of: sounds))
        let outlier = Self.outlier(.kick)
        let vector = try #require(outlier.summary.vector)
        let sum = sounds.compactMap(\.summary.vector).reduce(0) { $0 + vector.distance(to: $1) }
        let distance = try #require(kin.distance(of: outlier))
        #expect(abs(distance - sum / 8) < 1e-4)
        #expect(distance > 1 && kin.distance(of: sounds[0]) ?? 2 < 0.6)
    }

    /// About 0.5 from each other: more than copies are, less than any two hits.
    private static func alike(_ count: Int, _ role: Role) -> [KitCandidate] {
        let middle = MadeSound.vector("middle")?.values ?? []
        return (0..<count).map { index in
            var sound = MadeSound.hit("alike \(index)", role, sure: 0.7)
            let own = sound.summary.vector?.values ?? []
            sound.summary.vector = SimilarityVector(zip(middle, own).map { $0 + 0.35 * $1 })
            return sound
        }
    }

    private static func outlier(_ role: Role) -> KitCandidate { MadeSound.hit("outlier", role, sure: 0.9) }
}
