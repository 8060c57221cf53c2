import Storage
import Testing

extension ObjectStorePromise {
    static let replacing = [
        ObjectStorePromise("until a put is complete, the last one is what everybody sees") { store in
            let (old, new) = (pattern(300_000, seed: 1), pattern(500_000, seed: 2))
            try await store.put(old, at: "take")
            let pieces = ByteStream.pieces(of: new, by: 100_000).makeAsyncIterator()
            let body = ByteStream(pull: {
                // Read while the put is on its way: it cannot go on before this reading ends.
                #expect(try await store.bytes("take") == old)
                #expect(try await store.keys() == ["take"])
                return try await pieces.next()
            })
            let put = try await store.put(body, at: ObjectKey("take"), ObjectAttributes(), if: .always)
            #expect(try await store.head(ObjectKey("take")) == put)
            #expect(try await store.bytes("take") == new)
        },
        ObjectStorePromise("a reading goes on with the version it began with") { store in
            let (old, new) = (pattern(900_000, seed: 1), pattern(400_000, seed: 2))
            try await store.put(old, at: "take")
            let (replaced, deleted) = (try await store.get(ObjectKey("take")), try await store.get(ObjectKey("take")))
            let (reading, other) = (replaced.stream.makeAsyncIterator(), deleted.stream.makeAsyncIterator())
            var (seen, seenByOther) = (try await reading.next() ?? [], try await other.next() ?? [])
            try await store.put(new, at: "take")
            while let chunk = try await reading.next() { seen += chunk }
            try await store.delete(ObjectKey("take"))
            while let chunk = try await other.next() { seenByOther += chunk }
            #expect(seen == old)
            #expect(seenByOther == old)
        },
        ObjectStorePromise("readers beside writers see one version or another, each whole") { store in
            // A version says in every byte which one it is, and in its length again.
            func version(_ number: Int) -> [UInt8] { Array(repeating: UInt8(number), count: 40_000 + number) }
            try await store.put(version(0), at: "busy")
            try await withThrowingTaskGroup { group in
                for writer in 1...4 {
                    group.addTask {
                        for round in 1...6 {
                            let body = ByteStream.pieces(of: version(writer * 10 + round), by: 15_000)
                            _ = try await store.put(body, at: ObjectKey("busy"), ObjectAttributes(), if: .always)
                        }
                    }
                    group.addTask {
                        for _ in 1...20 {
                            let body = try await store.get(ObjectKey("busy"))
                            let bytes = try await body.stream.collected()
                            #expect(bytes == version(Int(bytes.first ?? 255)))
                            #expect(body.info.size == bytes.count)
                        }
                    }
                }
                try await group.waitForAll()
            }
        },
    ]

    static let conditions = [
        ObjectStorePromise("of 20 who create a key at once, exactly one does") { store in
            let rounds = Rounds.count(2)
            for round in 0..<rounds {
                let key = try ObjectKey("claims/\(round)")
                let winners = try await withThrowingTaskGroup(of: Int?.self) { group in
                    for number in 0..<20 {
                        group.addTask {
                            do {
                                try await store.put([UInt8(number)], at: key.text, if: .absent)
                                return number
                            } catch ObjectStoreError.conditionFailed(key) {
                                return nil
                            }
                        }
                    }
                    return try await group.reduce(into: []) { winners, winner in winners += winner.map { [$0] } ?? [] }
                }
                #expect(winners.count == 1)
                #expect(try await store.bytes(key.text).map(Int.init) == winners)
            }
            Rounds.report("\(rounds) rounds of 20 who create an object of \(type(of: store)) at once: one winner each")
        },
        ObjectStorePromise("a replacement goes in only for the version it was made from") { store in
            let key = try ObjectKey("notes")
            await #expect(throws: ObjectStoreError.conditionFailed(key)) {
                try await store.put([0], at: key.text, if: .matches(etag: "none"))
            }
            let first = try await store.put([1], at: key.text)
            let second = try await store.put([2], at: key.text, if: .matches(etag: first.etag))
            #expect(second.etag != first.etag)
            await #expect(throws: ObjectStoreError.conditionFailed(key)) {
                try await store.put([3], at: key.text, if: .matches(etag: first.etag))
            }
            #expect(try await store.bytes(key.text) == [2])
        },
        ObjectStorePromise("of 20 who replace one version at once, exactly one does") { store in
            let key = try ObjectKey("claims/two")
            let first = try await store.put([255], at: key.text)
            let wins = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        do {
                            try await store.put([UInt8(number)], at: key.text, if: .matches(etag: first.etag))
                            return 1
                        } catch ObjectStoreError.conditionFailed(key) {
                            return 0
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(wins == 1)
        },
        ObjectStorePromise("conditions are judged when the body is complete, not when it begins") { store in
            let key = try ObjectKey("late")
            let body = ByteStream(pull: {
                try await store.put([1], at: key.text)
                return nil
            })
            await #expect(throws: ObjectStoreError.conditionFailed(key)) {
                try await store.put(body, at: key, ObjectAttributes(), if: .absent)
            }
            #expect(try await store.bytes(key.text) == [1])
        },
        ObjectStorePromise("conditions hold for copies too") { store in
            let (source, target) = (try ObjectKey("from"), try ObjectKey("to"))
            try await store.put([1], at: source)
            try await store.put([2], at: target)
            await #expect(throws: ObjectStoreError.conditionFailed(target)) {
                try await store.copy(source, to: target, if: .absent)
            }
            #expect(try await store.bytes("to") == [2])
        },
    ]
}
