import Storage
import Testing

/// One thing uploads straight into a store promise, on every database and every store, and how it is checked.
public struct UploadSessionPromise: Sendable, CustomTestStringConvertible {
    /// What a check needs.
    public struct Setting: Sendable {
        /// Without tables.
        public let database: any Database
        /// Without objects and uploads, its clock right.
        public let store: any PresignedPartIssuer
        /// Sends a request as any client would: `Content-Length` is that of the body.
        public let send: @Sendable (PresignedRequest, [UInt8]) async throws -> (status: Int, body: [UInt8])

        public init(
            database: any Database, store: any PresignedPartIssuer,
            send: @escaping @Sendable (PresignedRequest, [UInt8]) async throws -> (status: Int, body: [UInt8])
        ) {
            (self.database, self.store, self.send) = (database, store, send)
        }
    }

    public let testDescription: String
    private let run: @Sendable (UploadTrial) async throws -> Void

    init(_ promise: String, run: @escaping @Sendable (UploadTrial) async throws -> Void) {
        (testDescription, self.run) = (promise, run)
    }

    public func check(_ setting: Setting) async throws {
        try await run(UploadTrial(setting))
    }

    public static let all = steps + ends + faults
}

extension UploadSessionPromise {
    static let steps = [
        UploadSessionPromise("what was reserved, sent and confirmed is committed once, with its hold") { trial in
            let (id, bytes) = (UploadID.random(), trial.bytes(1000))
            let open = try await trial.begin(id, size: bytes.count)
            #expect((open.session.state, open.arrived) == (.uploading, []))
            #expect(try await trial.account() == .init(holds: 1, jobs: 0))
            try await trial.send(bytes, by: open)
            let done = try await trial.sessions().confirm(id, of: trial.owner)
            guard case .committed(_, "audio") = done.state else { return #expect(done.state == .uploading) }
            #expect(try await trial.account() == .init(holds: 0, jobs: 1))
            #expect(try await trial.sessions().confirm(id, of: trial.owner) == done)
            #expect(try await trial.account() == .init(holds: 0, jobs: 1))
            #expect(try await trial.store.get(done.key).stream.collected() == bytes)
            await #expect(throws: UploadError.committed) { try await trial.sessions().cancel(id, of: trial.owner) }
            #expect(try await trial.sessions().resume(id, of: trial.owner).links.isEmpty)
        },
        UploadSessionPromise("a file in parts goes on after a stop, and is whole") { trial in
            let (id, bytes) = (UploadID.random(), trial.bytes(trial.partSize * 2 + 10))
            let open = try await trial.begin(id, size: bytes.count, inParts: true)
            #expect(open.session.partCount == 3)
            #expect(open.links.keys.sorted() == [1, 2, 3])
            try await trial.send(bytes, by: open, parts: [3, 1])
            await #expect(throws: UploadError.incomplete(missing: [2])) {
                try await trial.sessions().confirm(id, of: trial.owner)
            }
            let rest = try await trial.sessions().resume(id, of: trial.owner)
            #expect((rest.arrived, rest.links.keys.sorted()) == ([1, 3], [2]))
            try await trial.send(bytes, by: rest)
            let done = try await trial.sessions().confirm(id, of: trial.owner)
            #expect(try await trial.store.get(done.key).stream.collected() == bytes)
            #expect(try await trial.store.uploads(prefix: "").isEmpty)
            #expect(try await trial.account() == .init(holds: 0, jobs: 1))
        },
        UploadSessionPromise("before anything has arrived there is nothing to confirm, and it can still come") {
            trial in
            let (id, bytes) = (UploadID.random(), trial.bytes(100))
            let open = try await trial.begin(id, size: bytes.count)
            await #expect(throws: UploadError.incomplete(missing: [])) {
                try await trial.sessions().confirm(id, of: trial.owner)
            }
            try await trial.send(bytes, by: open)
            _ = try await trial.sessions().confirm(id, of: trial.owner)
        },
        UploadSessionPromise("of those who confirm at once one commits, and all get the same answer") { trial in
            for (round, inParts) in [false, true, false, true].enumerated() {
                let (id, bytes) = (UploadID.random(), trial.bytes(trial.partSize + 100))
                try await trial.send(bytes, by: trial.begin(id, size: bytes.count, inParts: inParts))
                let answers = try await withThrowingTaskGroup(of: UploadSession.self) { group in
                    for _ in 0..<6 { group.addTask { try await trial.sessions().confirm(id, of: trial.owner) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.allSatisfy { $0 == answers[0] })
                #expect(try await trial.account() == .init(holds: 0, jobs: round + 1))
            }
        },
        UploadSessionPromise("what was confirmed cannot be exchanged by whoever still has the link") { trial in
            let (id, bytes) = (UploadID.random(), trial.bytes(100))
            let open = try await trial.begin(id, size: bytes.count)
            try await trial.send(bytes, by: open)
            let done = try await trial.sessions().confirm(id, of: trial.owner)
            let link = try #require(open.links[1])
            #expect((400..<500).contains(try await trial.setting.send(link, bytes.reversed()).status))
            #expect(try await trial.store.get(done.key).stream.collected() == bytes)
        },
        UploadSessionPromise("an upload is its owner's alone") { trial in
            let id = UploadID.random()
            _ = try await trial.begin(id, size: 1)
            let (sessions, other) = (trial.sessions(), AccountID.random())
            await #expect(throws: UploadError.notFound) { try await sessions.confirm(id, of: other) }
            await #expect(throws: UploadError.notFound) { try await sessions.cancel(id, of: other) }
            await #expect(throws: UploadError.notFound) { try await sessions.resume(id, of: other) }
            await #expect(throws: UploadError.notFound) { try await sessions.open(.random(), of: trial.owner) }
            #expect(try await trial.account() == .init(holds: 1, jobs: 0))
        },
        UploadSessionPromise("a file without bytes is refused, and nothing is held") { trial in
            await #expect(throws: UploadError.self) { try await trial.begin(.random(), size: 0) }
            try await trial.expectNothingLeft()
        },
    ]

    static let ends = [
        UploadSessionPromise("what is not wanted is removed, and its hold given back, once") { trial in
            for inParts in [false, true] {
                let id = UploadID.random()
                let bytes = Array(repeating: UInt8(0x3C), count: 100)
                try await trial.send(bytes, by: trial.begin(id, size: bytes.count, inParts: inParts))
                for _ in 0..<2 {
                    await #expect(throws: UploadError.rejected(.unacceptable("no audio"))) {
                        try await trial.sessions().confirm(id, of: trial.owner)
                    }
                }
                try await trial.expectNothingLeft()
            }
        },
        UploadSessionPromise("another size or type than agreed is removed") { trial in
            for (size, type) in [(99, "audio/wav"), (101, "audio/wav"), (100, "text/html")] {
                let id = UploadID.random()
                let open = try await trial.begin(id, size: 100)
                // As by a server that does not hold its clients to what was signed.
                try await trial.store.put(
                    trial.bytes(size), at: open.session.key, ObjectAttributes(contentType: type))
                let error = await #expect(throws: UploadError.self) {
                    try await trial.sessions().confirm(id, of: trial.owner)
                }
                guard case .rejected = error else { return #expect(error == nil) }
                try await trial.expectNothingLeft()
            }
        },
        UploadSessionPromise("cancelling gives the hold back, whatever had arrived; cancelling again succeeds") {
            trial in
            for (inParts, sent) in [(false, false), (false, true), (true, false), (true, true)] {
                let (id, bytes) = (UploadID.random(), trial.bytes(trial.partSize + 1))
                let open = try await trial.begin(id, size: bytes.count, inParts: inParts)
                if sent { try await trial.send(bytes, by: open, parts: [1]) }
                for _ in 0..<2 { try await trial.sessions().cancel(id, of: trial.owner) }
                await #expect(throws: UploadError.rejected(.cancelled)) {
                    try await trial.sessions().confirm(id, of: trial.owner)
                }
                try await trial.expectNothingLeft()
            }
        },
        UploadSessionPromise("what is not confirmed in time ends, with what had arrived") { trial in
            for (inParts, sent) in [(false, false), (false, true), (true, false), (true, true)] {
                let (id, bytes) = (UploadID.random(), trial.bytes(trial.partSize + 1))
                let open = try await trial.begin(id, size: bytes.count, inParts: inParts)
                if sent { try await trial.send(bytes, by: open, parts: [1]) }
                #expect(try await trial.sessions().sweep() == UploadSweep())
                trial.clock.advance(by: UploadTrial.life)
                if sent {
                    await #expect(throws: UploadError.expired) {
                        try await trial.sessions().confirm(id, of: trial.owner)
                    }
                }
                let sweep = try await trial.sessions().sweep()
                #expect((sweep.expired, sweep.failed) == (sent ? 0 : 1, 0))
                #expect(try await trial.sessions().sweep() == UploadSweep())
                try await trial.expectNothingLeft()
            }
        },
        UploadSessionPromise("an upload that ended long ago is forgotten, others are not") { trial in
            let (old, young, open) = (UploadID.random(), UploadID.random(), UploadID.random())
            for id in [old, young, open] { _ = try await trial.begin(id, size: 10) }
            try await trial.sessions().cancel(old, of: trial.owner)
            trial.clock.advance(by: .seconds(10))
            try await trial.sessions().cancel(young, of: trial.owner)
            let (sessions, now) = (trial.sessions(), trial.clock.now())
            let forgotten = try await trial.setting.database.write { try sessions.forget(endedBefore: now, in: $0) }
            #expect(forgotten == 1)
            await #expect(throws: UploadError.notFound) { try await sessions.find(old, of: trial.owner) }
            for id in [young, open] { _ = try await sessions.find(id, of: trial.owner) }
        },
    ]

    /// Each call of the database and of the store fails once, before or after it took effect.
    static let faults = [
        UploadSessionPromise("a client that tries again after any failure gets its file in, once") { trial in
            for inParts in [false, true] {
                let count = try await trial.failAtEach { id, bytes, faults in
                    let sessions = trial.sessions(faults)
                    try await trial.insist {
                        _ = try await trial.begin(id, size: bytes.count, inParts: inParts, faults)
                    }
                    try await trial.insist {
                        let open = try await sessions.resume(id, of: trial.owner)
                        if !open.links.isEmpty { try await trial.send(bytes, by: open) }
                    }
                    try await trial.insist { _ = try await sessions.confirm(id, of: trial.owner) }
                    let found = try await trial.sessions().find(id, of: trial.owner)
                    guard case .committed = found.state else {
                        Issue.record("\(found.state) at \(faults)")
                        return
                    }
                    #expect(try await trial.store.get(found.key).stream.collected() == bytes, "\(faults)")
                    #expect(try await trial.account() == .init(holds: 0, jobs: 1), "\(faults)")
                    #expect(try await trial.store.uploads(prefix: "").isEmpty, "\(faults)")
                }
                #expect(count > 20)
            }
        },
        UploadSessionPromise("a client that goes away at any step leaves its file in, or nothing at all") { trial in
            for (inParts, isWanted) in [(false, true), (true, true), (false, false), (true, false)] {
                _ = try await trial.failAtEach(isWanted: isWanted) { id, bytes, faults in
                    let sessions = trial.sessions(faults)
                    do {
                        let open = try await trial.begin(id, size: bytes.count, inParts: inParts, faults)
                        try await trial.send(bytes, by: open)
                        _ = try await sessions.confirm(id, of: trial.owner)
                    } catch let error where error is InjectedFault || error is ObjectStoreError || error is UploadError
                    {
                        // The client is gone.
                    }
                    trial.clock.advance(by: UploadTrial.life)
                    for _ in 0..<2 { _ = try? await sessions.sweep() }
                    if try await trial.account().jobs == 1 {
                        let found = try await trial.sessions().find(id, of: trial.owner)
                        #expect(isWanted, "\(faults)")
                        #expect(try await trial.store.get(found.key).stream.collected() == bytes, "\(faults)")
                        #expect(try await trial.account() == .init(holds: 0, jobs: 1), "\(faults)")
                        #expect(try await trial.store.uploads(prefix: "").isEmpty, "\(faults)")
                    } else {
                        try await trial.expectNothingLeft("\(faults)")
                    }
                }
            }
        },
    ]
}
