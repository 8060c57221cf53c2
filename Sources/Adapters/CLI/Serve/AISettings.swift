import Auth
import Foundation
import Logging
import WaxwingProviders
import WaxwingService

/// The language model that describes sounds, as the environment says it.
struct AISettings {
    private enum Way {
        case chatCompletions(ModelAddress)
        case anthropic(ModelAddress)
    }

    private let way: Way
    /// For all plans; nil where plans choose.
    private let model: String?

    /// - Returns: nil for a service without AI, or where something is wrong; never noted with a key.
    init?(_ reader: inout SettingReader) {
        model = reader.read(AISetting.model)
        let (openRouter, claude) = (reader.read(AISetting.openRouterKey), reader.read(AISetting.claudeKey))
        let (base, hasModel) = (reader.read(AISetting.base), model != nil)
        let way = reader.attempt { try Self.way(openRouter, claude, base: base, hasModel: hasModel) } ?? nil
        guard let way else { return nil }
        self.way = way
    }

    private static func way(_ openRouter: String?, _ claude: String?, base: String?, hasModel: Bool) throws -> Way? {
        switch (openRouter, claude) {
        case (nil, nil):
            guard let base else {
                guard !hasModel else {
                    throw StartError(
                        "WAXWING_AI_MODEL is set, but no model can be asked: set OPENROUTER_API_KEY, CLAUDE_API_KEY or WAXWING_AI_URL"
                    )
                }
                return nil
            }
            return .chatCompletions(try address("WAXWING_AI_URL", base, key: nil))
        case (let key?, nil):
            return .chatCompletions(
                try address("OPENROUTER_API_KEY or WAXWING_AI_URL", base ?? ModelAddress.openRouter, key: key))
        case (nil, let key?):
            return .anthropic(try address("CLAUDE_API_KEY or WAXWING_AI_URL", base ?? ModelAddress.anthropic, key: key))
        case (.some, .some):
            throw StartError(
                "OPENROUTER_API_KEY and CLAUDE_API_KEY are both set: one model describes sounds, so unset one")
        }
    }

    /// - Parameter logger: is told what the provider refuses.
    func options(logger: Logger) throws -> AIOptions {
        switch way {
        case .chatCompletions(let address):
            AIOptions(ChatCompletions(try Self.connection(address, logger)), named: model)
        case .anthropic(let address):
            AIOptions(
                AnthropicMessages(try Self.connection(address, logger)),
                named: model ?? AnthropicMessages.standardModel)
        }
    }

    private static func connection(_ address: ModelAddress, _ logger: Logger) throws -> ModelConnection {
        let policy = OutboundPolicy(allowed: [address.base].compactMap(AllowedHost.init(of:)))
        return ModelConnection(address, http: try OutboundHTTP(policy: policy, logger: logger), logger: logger)
    }

    private static func address(_ name: String, _ base: String, key: String?) throws -> ModelAddress {
        try SignInSettings.named(name) {
            try ModelAddress(base: base, key: key.map { Secret(Array($0.utf8)) })
        }
    }
}
