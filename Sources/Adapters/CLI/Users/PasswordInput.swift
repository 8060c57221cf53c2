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
        let password = try SecretInput.ask("Password: ")
        guard try SecretInput.ask("Once more: ") == password else {
            throw ValidationError("the two differ: nothing was changed")
        }
        return password
    }
}
