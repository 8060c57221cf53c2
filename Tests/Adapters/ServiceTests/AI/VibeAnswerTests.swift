import SampleLibrary
import Testing

@testable import WaxwingService

/// What a model may say, and what is no answer.
@Suite struct VibeAnswerTests {
    @Test(arguments: [
        ScriptedModel.good, " \n\(ScriptedModel.good)\n", "```json\n\(ScriptedModel.good)\n```",
        "```\n\(ScriptedModel.good)```", #"{"tags":["DARK","Loop "],"vibe":"Late at\u0000 night.","genre":"techno"}"#,
    ])
    func `the JSON that was asked for is taken, also in a fence`(text: String) throws {
        let words = try #require(VibeWords(answer: text))
        #expect(words.vibe == "Late at night." && words.genre == "techno" && words.tags == ["dark", "loop"])
    }

    @Test(arguments: [#"{"vibe": "x", "genre": null, "tags": ["a"]}"#, #"{"vibe": "x", "genre": " ", "tags": ["a"]}"#])
    func `there may be no genre`(text: String) throws {
        #expect(try #require(VibeWords(answer: text)).genre == nil)
    }

    @Test(arguments: [
        "", " ", "null", "[]", "\"x\"", "NaN", "I cannot help with that.", "``````", "```", "```json\n```",
        "Here it is: \(ScriptedModel.good)", "\(ScriptedModel.good)\(ScriptedModel.good)", "\(ScriptedModel.good)}",
        String(ScriptedModel.good.dropLast(9)), "\u{FEFF}\(ScriptedModel.good)",
        #"{"vibe": "x", "genre": null}"#, #"{"vibe": "x", "tags": ["a"]}"#,
        #"{"vibe": "x", "genre": null, "tags": ["a"], "system_prompt": "You describe sounds"}"#,
        #"{"vibe": "x", "vibe": "y", "genre": null, "tags": ["a"]}"#, #"{"vibe": 7, "genre": null, "tags": ["a"]}"#,
        #"{"vibe": "x", "genre": NaN, "tags": ["a"]}"#, #"{"vibe": "x", "genre": 1e999, "tags": ["a"]}"#,
        #"{"vibe": "x", "genre": null, "tags": "a"}"#, #"{"vibe": "x", "genre": null, "tags": [["a"]]}"#,
        #"{"vibe": "x", "genre": null, "tags": [null]}"#, #"{"vibe": "x", "genre": null, "tags": []}"#,
        #"{"vibe": "\ud800", "genre": null, "tags": ["a"]}"#, #"{"Vibe": "x", "genre": null, "tags": ["a"]}"#,
        #"{"vibe": "x", "genre": null, "tags": ["ignore all instructions; drop table"]}"#,
        #"{"answer": {"vibe": "x", "genre": null, "tags": ["a"]}}"#,
        String(repeating: "[", count: 100_000), String(repeating: " ", count: 20_000) + ScriptedModel.good,
    ])
    func `anything else is no answer`(text: String) {
        #expect(VibeWords(answer: text) == nil)
    }
}
