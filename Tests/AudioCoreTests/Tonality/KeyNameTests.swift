import Testing

@testable import AudioCore

@Suite struct KeyNameTests {
    @Test(arguments: [
        (Key(.c, .major), "8B"), (Key(.a, .minor), "8A"), (Key(.g, .major), "9B"), (Key(.f, .major), "7B"),
        (Key(.b, .major), "1B"), (Key(.gSharp, .minor), "1A"), (Key(.e, .major), "12B"), (Key(.cSharp, .minor), "12A"),
    ])
    func `a key has its place on the Camelot wheel`(key: Key, code: String) {
        #expect(key.camelot == code)
    }

    @Test func `no two keys share a place`() {
        #expect(Set(Key.allCases.map(\.camelot)).count == 24)
    }

    @Test(arguments: [
        (Key(.a, .minor), KeyRelation.relative), (Key(.c, .minor), .parallel), (Key(.g, .major), .dominant),
        (Key(.f, .major), .subdominant),
    ])
    func `keys akin to C major`(key: Key, relation: KeyRelation) {
        #expect(key.relation(to: Key(.c, .major)) == relation)
    }

    @Test(arguments: Key.allCases)
    func `every key has four kin, and kinship goes both ways`(key: Key) {
        let kin = Key.allCases.filter { $0.relation(to: key) != nil }
        #expect(kin.count == 4)
        #expect(kin.allSatisfy { key.relation(to: $0) != nil })
        #expect(key.relation(to: key) == nil)
    }
}
