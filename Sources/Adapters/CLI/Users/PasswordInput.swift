import ArgumentParser
import Foundation

/// A password from whoever sits at the terminal, or from a pipe; never from an argument, which others could see.
enum PasswordInput {
    static func read(fromStandardInput: Bool) throws -> String {
        if fromStandardInput {
            guard let line = readLine(strippingNewline: true), !line.isEmpty else {
                throw ValidationError("no password came in: write it on one line of standard input")
            }
            return line
        }
        guard isatty(STDIN_FILENO) == 1 else {
            throw ValidationError("there is no terminal to ask for the password at: give it with --password-stdin")
        }
        let password = try ask("Password: ")
        guard try ask("Once more: ") == password else { throw ValidationError("the two differ: nothing was changed") }
        return password
    }

    /// Without showing what is typed.
    private static func ask(_ prompt: String) throws -> String {
        var shown = termios()
        guard tcgetattr(STDIN_FILENO, &shown) == 0 else { throw ValidationError("the terminal cannot be asked") }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            FileHandle.standardError.write(Data("\n".utf8))
        }
        FileHandle.standardError.write(Data(prompt.utf8))
        guard let line = readLine(strippingNewline: true) else { throw ValidationError("no password was typed") }
        return line
    }
}
