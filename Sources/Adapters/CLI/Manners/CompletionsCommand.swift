import ArgumentParser

struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print what lets a shell complete commands and options.",
        discussion: """
            Examples:
              waxwing completions bash > ~/.local/share/bash-completion/completions/waxwing
              waxwing completions zsh > ~/.zsh/completions/_waxwing
              waxwing completions fish > ~/.config/fish/completions/waxwing.fish
            """.reflowed)

    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish

        var parsersName: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() {
        write(Waxwing.completionScript(for: shell.parsersName) + "\n")
    }
}
