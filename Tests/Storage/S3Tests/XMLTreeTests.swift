import Testing

@testable import StorageS3

@Suite struct XMLTreeTests {
    private func tree(_ text: String) throws(XMLFault) -> XMLTree {
        try XMLTree(Array(text.utf8))
    }

    @Test func `elements, text and the five entities are read`() throws {
        let tree = try tree(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <s3:List xmlns:s3="http://s3>.example/" a='"'><Key>a&amp;b &lt;&#233;&#x1F3A7;&quot;&apos;&gt;</Key><E/>
            <Key >two</Key><Deep><Key>three</Key></Deep></s3:List >
            """)
        #expect(tree.name == "List")
        #expect(tree.all("Key").map(\.text) == ["a&b <é🎧\"'>", "two"])
        #expect(tree["E"] == "")
        #expect(tree.all("Deep").first?["Key"] == "three")
        #expect(tree["Missing"] == nil)
    }

    @Test(arguments: [
        "", " ", "text", "<a>", "<a></b>", "<a/><b/>", "<a></a>x", "<a><b></a></b>", "<a", "<a b='", "<a>&amp</a>",
        "<a>&x;</a>",
        "<a>&#0xD800;</a>", "<a>&#xD800;</a>", "<a>&#-1;</a>", "<a>&#;</a>", "<>x</>", "<a>]]></a>", "<?xml",
        "<a>\u{0}<",
        "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<a><!-- c --></a>", "<a><![CDATA[x]]></a>", "<a><?php ?></a>",
    ])
    func `anything else is refused`(text: String) {
        #expect(throws: XMLFault.self) { try tree(text) }
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        #expect(throws: XMLFault.malformed) { try XMLTree(Array("<a>".utf8) + [0xFF] + Array("</a>".utf8)) }
    }

    @Test func `depth, elements and bytes are bounded`() {
        let deep = String(repeating: "<a>", count: 100_000)
        #expect(throws: XMLFault.tooLarge) { try tree(deep) }
        #expect(throws: XMLFault.tooLarge) { try tree("<a>" + String(repeating: "<b/>", count: 100_001) + "</a>") }
        #expect(throws: XMLFault.tooLarge) { try XMLTree(Array(repeating: 0x20, count: XMLTree.longest + 1)) }
    }

    @Test func `no cut or change of an answer makes it trap`() throws {
        let bytes = Array("<?xml version=\"1.0\"?><Error a='b'><Code>SlowDown</Code><M>&#233;&amp;</M></Error>".utf8)
        for index in bytes.indices {
            _ = try? XMLTree(Array(bytes[..<index]))
            for byte in Array("<>/&;#'\" \u{0}x".utf8) + [0xFF] {
                var changed = bytes
                changed[index] = byte
                _ = try? XMLTree(changed)
            }
        }
        #expect(try XMLTree(bytes)["Code"] == "SlowDown")
    }
}
