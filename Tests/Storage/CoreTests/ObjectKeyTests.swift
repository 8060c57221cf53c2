import Foundation
import Storage
import StorageTestKit
import Testing

@Suite struct ObjectKeyTests {
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        let key: String
        let expect: String

        var testDescription: String { "\(expect): \(key.debugDescription.prefix(60))" }
    }

    private struct Vectors: Decodable {
        let keys: [Vector]
    }

    /// Empty if the file is missing, which the first test reports.
    static let vectors: [Vector] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Vectors/paths/object-keys.json")
        return (try? JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file)))?.keys ?? []
    }()

    @Test func `the vectors are there`() {
        #expect(Self.vectors.count == 79)
        #expect(Set(Self.vectors.map(\.expect)) == ["reject", "contained"])
    }

    @Test(arguments: vectors)
    func `every key is refused, or kept inside the store's folder`(vector: Vector) async throws {
        let outside = try TemporaryFolder()
        let store = try LocalObjectStore(folder: outside.path + "/store")
        let clean = try outside.contents()
        let value = Array(vector.key.utf8)
        guard let key = try? ObjectKey(vector.key) else { return }
        try #require(vector.expect == "contained")

        try await store.put(value, at: key)
        #expect(try await store.get(key).stream.collected() == value)
        let listed = try await store.list(prefix: "", after: nil, limit: 10).objects.map { Array($0.key.text.utf8) }
        #expect(listed == [value])
        let made = Set(try outside.contents().keys).subtracting(clean.keys).subtracting(["store/lock"])
        #expect(!made.isEmpty)
        #expect(made.allSatisfy { $0.hasPrefix("store/objects/") && $0 != "store/objects/" + vector.key })
        try await store.delete(key)
        #expect(Set(try outside.contents().keys).subtracting(clean.keys) == ["store/lock"])
    }

    @Test func `the keys of the vectors are all different objects`() async throws {
        let folder = try TemporaryFolder()
        let store = try LocalObjectStore(folder: folder.path)
        let keys = Self.vectors.compactMap { try? ObjectKey($0.key) }
        for key in keys { try await store.put(Array(key.text.utf8), at: key) }
        for key in keys { #expect(try await store.get(key).stream.collected() == Array(key.text.utf8)) }
        let listed = try await store.list(prefix: "", after: nil, limit: 1000).objects.map(\.key)
        #expect(listed == Set(keys).sorted())
        #expect(Set(keys).count == keys.count)
    }

    @Test(arguments: ["", "/", "/a", "a/", "a//b", ".", "..", "a/./b", "../a", "a\0", "a\nb", "\u{7F}", "\u{85}"])
    func `is refused`(text: String) {
        #expect(throws: ObjectStoreError.self) { try ObjectKey(text) }
    }

    @Test func `has 1 to 1024 bytes, not letters`() throws {
        #expect(try ObjectKey(String(repeating: "é", count: 512)).text.utf8.count == 1024)
        #expect(throws: ObjectStoreError.self) { try ObjectKey(String(repeating: "é", count: 513)) }
        #expect(throws: ObjectStoreError.self) { try ObjectKey(String(repeating: "a", count: 1025)) }
    }

    @Test func `two spellings of one letter are two keys, in the order of their bytes`() throws {
        let (one, two) = (try ObjectKey("é"), try ObjectKey("e\u{301}"))
        #expect(one != two)
        #expect(Set([one, two]).count == 2)
        #expect(two < one)
    }

    @Test func `of an account is told by its parts`() {
        let (account, name) = (AccountID.random(), Identifier<String>.random())
        #expect(ObjectKey(in: "processed", of: account, name).text == "processed/\(account)/\(name)")
    }
}
