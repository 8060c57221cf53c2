import ArgumentParser
import WaxwingService

/// What the server starts itself as, to analyse files from strangers in a process of their own.
struct AnalysisChild: ParsableCommand {
    static let name = "analysis-child"
    static let configuration = CommandConfiguration(commandName: name, shouldDisplay: false)

    func run() {
        AnalysisServer.run()
    }
}
