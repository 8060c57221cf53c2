import AudioCore
import Billing
import Logging
import SampleLibrary
import Storage

/// A model that may be asked: the money is held.
struct VibeCall: Sendable {
    let model: any TextModel
    let prompt: VibePrompt
    let reservation: AIReservation
    let limit: Duration
}

/// What became of it.
struct VibeReply: Sendable {
    let result: Result<(words: VibeWords, model: String), TextModelFailure>
    /// What all tries took; nothing where the provider has answered none.
    let tokens: AITokens
}

extension VibeAnalyzer {
    enum Admission: Sendable {
        case asked(VibeCall)
        case instead(VibeAnalysis.Shortfall, VibeCharge?)
    }

    /// Holds the money, or says why no model is asked.
    func admit(
        _ features: AudioFeatures, _ request: VibeRequest, _ account: AccountID, _ hold: HoldID, _ job: String?
    ) async -> Admission {
        guard let options else { return .instead(.noModel, nil) }
        do {
            // Not in the present task, which a client that hangs up cancels: what is held must be known.
            return try await Task {
                try await database.write { session in
                    try admit(features, request, account, hold, job, options, in: session)
                }
            }.value
        } catch is QuotaExceeded {
            return .instead(.quota, nil)
        } catch {
            logger.warning("no money could be held for a model", metadata: ["error": "\(error)"])
            await release(hold)
            return .instead(.unavailable, nil)
        }
    }

    private func admit(
        _ features: AudioFeatures, _ request: VibeRequest, _ account: AccountID, _ hold: HoldID, _ job: String?,
        _ options: AIOptions, in session: any WriteSession
    ) throws -> Admission {
        let entitlement = try entitlements.find(account, in: session)
        guard entitlement.plan.has(.ai) else { return .instead(.plan, nil) }
        // What was the account's to choose when it asked may not be any more.
        let wanted = request.model.flatMap { options.allows($0, under: entitlement.plan, prices) ? $0 : nil }
        let name = wanted ?? options.name(under: entitlement.plan)
        let prompt = VibePrompt(features, model: name)
        let (input, output) = (prompt.mostInputTokens, prompt.mostOutputTokens)
        if let earlier = try budget.reserved(
            hold, model: name, inputTokens: input, maxOutputTokens: output, for: account, under: entitlement,
            in: session)
        {
            let most = AITokens(input: input, output: output)
            return .instead(.interrupted, VibeCharge(budget, earlier, most, job))
        }
        let reservation = try budget.reserve(
            hold, model: name, inputTokens: input, maxOutputTokens: output, for: account, under: entitlement,
            isJobs: job != nil, in: session)
        return .asked(VibeCall(model: options.model, prompt: prompt, reservation: reservation, limit: options.limit))
    }

    /// Once, and once more with a simpler prompt where the answer is no use.
    func ask(_ call: VibeCall) async -> VibeReply {
        let end = ContinuousClock.now + call.limit
        var (input, output) = (0, 0)
        var failure = TextModelFailure.timeout
        for var prompt in [call.prompt.first, call.prompt.simpler] {
            prompt.limit = ContinuousClock.now.duration(to: end)
            guard prompt.limit > .zero else { break }
            let question = MeasuredQuestion(to: call, metrics)
            do throws(TextModelFailure) {
                let answer = try await Deadline.answer(to: prompt, by: call.model)
                let tokens = prompt.believable(answer.tokens)
                (input, output) = (input + tokens.input, output + tokens.output)
                let words = VibeWords(answer: answer.text)
                question.ended(words == nil ? "useless" : "ok", tokens)
                if let words {
                    return VibeReply(
                        result: .success((words, answer.model)), tokens: AITokens(input: input, output: output))
                }
                failure = .malformed("not the JSON that was asked for")
            } catch {
                failure = error
                let tokens = error.isPaidFor ? prompt.believable(nil) : AITokens()
                (input, output) = (input + tokens.input, output + tokens.output)
                question.ended(error.outcome, tokens)
                switch error {
                case .malformed, .refused: break
                case .unavailable, .rateLimited, .timeout, .cancelled:
                    return VibeReply(result: .failure(error), tokens: AITokens(input: input, output: output))
                }
            }
        }
        return VibeReply(result: .failure(failure), tokens: AITokens(input: input, output: output))
    }
}

extension TextModelFailure {
    /// What nobody can read was answered all the same.
    fileprivate var isPaidFor: Bool { if case .malformed = self { true } else { false } }
}

extension TextPrompt {
    /// What it took, as the provider says where that can be; where it cannot, or the provider says nothing, the most there can be.
    func believable(_ tokens: AITokens?) -> AITokens {
        // Beside the prompt there is its schema, and the provider's own words.
        let mostInput = mostInputTokens + 512
        guard let tokens, (1...mostInput).contains(tokens.input), tokens.output <= maxOutputTokens else {
            return AITokens(input: mostInputTokens, output: maxOutputTokens)
        }
        return tokens
    }
}

/// Ends what a model does when the time is over; its backend must heed that its task is cancelled.
enum Deadline {
    static func answer(to prompt: TextPrompt, by model: any TextModel) async throws(TextModelFailure) -> TextAnswer {
        let first = await withTaskGroup(of: Result<TextAnswer, TextModelFailure>.self) { group in
            group.addTask {
                do throws(TextModelFailure) {
                    return .success(try await model.answer(prompt))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                do {
                    try await Task.sleep(for: prompt.limit)
                    return .failure(.timeout)
                } catch {
                    return .failure(.cancelled)
                }
            }
            defer { group.cancelAll() }
            return await group.next()
        }
        return try (first ?? .failure(.cancelled)).get()
    }
}
