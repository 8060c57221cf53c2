import Storage

/// Where pictures are drawn: each once, however many wait for it, and few at a time.
actor DrawingDesk {
    /// Different pictures that are drawn or waited for; more are refused.
    let most: Int
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var drawings: [ObjectKey: Task<[UInt8], any Error>] = [:]

    /// Drawn now, or waiting for that.
    var drawn: Int { drawings.count }

    /// - Parameters:
    ///   - atOnce: how many are drawn at a time.
    ///   - most: with those that wait.
    init(atOnce: Int = 2, most: Int = 64) {
        (free, self.most) = (max(1, atOnce), most)
    }

    /// - Parameter draw: not called where the picture is being drawn already. It is not cancelled when one who waits for it
    ///   goes away: others may wait, too.
    /// - Throws: ``ServiceError`` `.unavailable` where too many are being drawn, or what `draw` throws.
    func bytes(
        of key: ObjectKey, draw: @escaping @Sendable () async throws -> [UInt8]
    ) async throws -> [UInt8] {
        if let drawing = drawings[key] { return try await drawing.value }
        guard drawings.count < most else {
            throw ServiceError.unavailable("too many pictures are being drawn: try again in a few seconds")
        }
        let drawing = Task {
            await enter()
            defer { leave() }
            return try await draw()
        }
        drawings[key] = drawing
        defer { drawings[key] = nil }
        return try await drawing.value
    }

    private func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
