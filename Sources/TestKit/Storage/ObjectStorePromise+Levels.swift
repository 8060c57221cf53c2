import Storage
import Testing

extension ObjectStorePromise {
    static let levels = [
        ObjectStorePromise("a level shows its objects, and what lies deeper as one entry each") { store in
            for key in ["a", "a/b", "a/c/d", "a-b", "b/x", "b/y/z", "é/1", "c"] { try await store.put([], at: key) }
            let expected: [(String, [String], [String])] = [
                ("", ["a", "a-b", "c"], ["a/", "b/", "é/"]), ("a", ["a", "a-b"], ["a/"]), ("a/", ["a/b"], ["a/c/"]),
                ("a/c/", ["a/c/d"], []), ("b/y", [], ["b/y/"]), ("é/", ["é/1"], []), ("none", [], []),
            ]
            for (prefix, objects, prefixes) in expected {
                let level = try await store.listLevel(prefix: prefix, delimiter: "/", after: nil, limit: 100)
                #expect(level.objects.map(\.key.text) == objects, "below '\(prefix)'")
                #expect(level.prefixes == prefixes, "below '\(prefix)'")
                #expect(level.next == nil)
            }
            let other = try await store.listLevel(prefix: "", delimiter: "-", after: nil, limit: 100)
            #expect(other.prefixes == ["a-"])
            #expect(other.objects.count == 7)
        },
        ObjectStorePromise("a level in pages of any length gives every entry once, in order") { store in
            let long = String(repeating: "k", count: ObjectKey.longest - 1)
            let keys = ["a", "a/1", "a/2", "a0", "b/1/2", "b/3", "c", "d/\u{10FFFF}", "d0", long + "/", "z/1", "z/2"]
                .map { $0.hasSuffix("/") ? String($0.dropLast(2)) + "/x" : $0 }
            for key in keys { try await store.put([], at: key) }
            let whole = try await store.listLevel(prefix: "", delimiter: "/", after: nil, limit: 1000)
            #expect(whole.next == nil)
            #expect(whole.objects.map(\.key.text) == ["a", "a0", "c", "d0"])
            #expect(
                whole.prefixes == ["a/", "b/", "d/", String(repeating: "k", count: ObjectKey.longest - 2) + "/", "z/"])
            for limit in 1...10 {
                var (objects, prefixes, last) = ([ObjectInfo](), [String](), String?.none)
                repeat {
                    let level = try await store.listLevel(prefix: "", delimiter: "/", after: last, limit: limit)
                    #expect(level.objects.count + level.prefixes.count <= limit)
                    (objects, prefixes) = (objects + level.objects, prefixes + level.prefixes)
                    last = level.next
                } while last != nil
                #expect(objects == whole.objects, "in pages of \(limit)")
                #expect(prefixes == whole.prefixes, "in pages of \(limit)")
            }
        },
    ]
}
