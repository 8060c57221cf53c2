import Storage
import Testing

extension ObjectStorePromise {
    static let ranges = [
        ObjectStorePromise("a range gives its bytes, cut at the end of the object") { store in
            let bytes = pattern(600_000)
            try await store.put(bytes, at: "take")
            let expected: [(ByteRange, Range<Int>)] = [
                (.closed(0, 0), 0..<1), (.closed(5, 9), 5..<10), (.closed(262_143, 262_144), 262_143..<262_145),
                (.closed(100, 600_000), 100..<600_000), (.closed(0, .max), 0..<600_000), (.from(0), 0..<600_000),
                (.from(599_999), 599_999..<600_000), (.suffix(1), 599_999..<600_000),
                (.suffix(300_000), 300_000..<600_000), (.suffix(.max), 0..<600_000),
            ]
            for (range, bounds) in expected {
                let body = try await store.get(ObjectKey("take"), range: range)
                #expect(body.range == bounds)
                #expect(body.info.size == bytes.count)
                #expect(try await body.stream.collected() == Array(bytes[bounds]), "\(range)")
            }
        },
        ObjectStorePromise("a range outside the object is refused with the object's size") { store in
            try await store.put(pattern(10), at: "take")
            try await store.put([], at: "empty")
            let refused: [(String, Int, [ByteRange])] = [
                ("take", 10, [.closed(10, 20), .closed(5, 4), .closed(-1, 4), .from(10), .from(.max), .suffix(0)]),
                ("empty", 0, [.closed(0, 0), .from(0), .suffix(1)]),
            ]
            for (name, size, ranges) in refused {
                let key = try ObjectKey(name)
                for range in ranges {
                    await #expect(throws: ObjectStoreError.rangeNotSatisfiable(key, size: size), "\(range)") {
                        try await store.get(key, range: range)
                    }
                }
            }
        },
    ]

    static let listing = [
        ObjectStorePromise("keys are listed in the order of their bytes") { store in
            let keys = awkwardKeys
            for key in keys.reversed() { try await store.put(Array(key.utf8), at: key) }
            let sorted = keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            let listed = try await store.keys()
            #expect(listed.map { Array($0.utf8) } == sorted.map { Array($0.utf8) })
            for key in keys { #expect(try await store.bytes(key) == Array(key.utf8)) }
        },
        ObjectStorePromise("pages of any length give every key once, in order") { store in
            for key in awkwardKeys { try await store.put([], at: key) }
            let whole = try await store.keys()
            for limit in [1, 2, 7, whole.count - 1, whole.count, whole.count + 1] {
                #expect(try await store.keys(limit: limit) == whole, "in pages of \(limit)")
            }
        },
        ObjectStorePromise("keys alone are listed in the same order, and a short page is the last") { store in
            for key in awkwardKeys { try await store.put([], at: key) }
            for prefix in ["", "a", "a/", "none"] {
                let whole = try await store.keys(prefix: prefix).map { try ObjectKey($0) }
                for limit in [1, 7, whole.count, whole.count + 1] where limit > 0 {
                    var (keys, page) = ([ObjectKey](), [ObjectKey]())
                    repeat {
                        page = try await store.listKeys(prefix: prefix, after: keys.last, limit: limit)
                        keys += page
                    } while page.count == limit
                    #expect(keys == whole, "below '\(prefix)' in pages of \(limit)")
                }
            }
        },
        ObjectStorePromise("a walk can begin after a key that is not there") { store in
            for key in ["a", "a/b", "c"] { try await store.put([], at: key) }
            for (last, rest) in [("a-", ["a/b", "c"]), ("a/a", ["a/b", "c"]), ("b", ["c"]), ("c", []), ("d", [])] {
                let page = try await store.list(prefix: "", after: ObjectKey(last), limit: 10)
                #expect(page.objects.map(\.key.text) == rest, "after \(last)")
                #expect(page.next == nil)
            }
        },
        ObjectStorePromise("a prefix is bytes, not a folder") { store in
            for key in awkwardKeys { try await store.put([], at: key) }
            let whole = try await store.keys()
            for prefix in ["a", "a/", "a/b", "a-", "a.", "e", "é", "zz", String(longPart.dropLast(30)), "none"] {
                let expected = whole.filter { $0.utf8.starts(with: prefix.utf8) }
                #expect(try await store.keys(prefix: prefix, limit: 2) == expected, "prefix \(prefix)")
            }
        },
        ObjectStorePromise("a key that stays during the walk is seen once, whatever comes and goes beside it") {
            store in
            let stable = (0..<12).map { "stable/\($0)" }
            for key in stable { try await store.put([], at: key) }
            var (seen, last, round) = ([String](), ObjectKey?.none, 0)
            repeat {
                if round < stable.count {
                    try await store.put([], at: "stable/\(round)/new")
                    try await store.put([], at: "stable/\(11 - round).new")
                    if round > 0 { try await store.delete(ObjectKey("stable/\(round - 1)/new")) }
                }
                let page = try await store.list(prefix: "stable/", after: last, limit: 3)
                (last, round) = (page.next, round + 1)
                seen += page.objects.map(\.key.text).filter(Set(stable).contains)
            } while last != nil
            #expect(seen == stable.sorted())
        },
        ObjectStorePromise("a listing tells what head tells") { store in
            let infos = [try await store.put([1, 2], at: "a"), try await store.put([3], at: "a/b")]
            #expect(try await store.list(prefix: "", after: nil, limit: 10).objects == infos)
            #expect(try await store.list(prefix: "b", after: nil, limit: 10).objects.isEmpty)
        },
    ]
}

/// Longer than the name of a file may be.
private let longPart = String(repeating: "long.", count: 60)

/// Keys that are prefixes of others, sort between folders, differ only in case or spelling, or are as long as allowed.
private let awkwardKeys = [
    "a", "a/b", "a-b", "a.b", "a/b/c", "a b", "a@", "a@/b", "a+", "a+/b", "ab", "A", "%41", "a%2Fb", "a/.b", "-", "~",
    "é", "e\u{301}", "ß", "SS", "😀", "\u{FFFE}", "\u{10FFFF}", "日本/語", "CON", "x.", ".x", "...", "zz\\..\\y",
    longPart, longPart + "/x", longPart + "x", "p/" + longPart + "/" + longPart, String(longPart.dropLast(60)),
    String(repeating: "k", count: ObjectKey.longest), String(repeating: "é", count: ObjectKey.longest / 2),
    String(repeating: "d/", count: ObjectKey.longest / 2 - 1) + "dd",
]
