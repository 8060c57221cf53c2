import ArgumentParser
import Foundation

/// A secret from whoever sits at the terminal, without showing what is typed.
enum SecretInput {
    /// - Throws: `ValidationError` when nothing comes, `ExitCode` 130 after Control-C; the terminal is as before then.
    static func ask(_ prompt: String) throws -> String {
        var shown = termios()
        guard tcgetattr(STDIN_FILENO, &shown) == 0 else { throw ValidationError("the terminal cannot be asked") }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        let (interruption, before) = (Interruption(), shown)
        // Nobody would end the reading otherwise, and the terminal would stay mute.
        interruption.react {
            var before = before
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            FileHandle.standardError.write(Data("\n".utf8))
            exit(ExitCode.interrupted.rawValue)
        }
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            FileHandle.standardError.write(Data("\n".utf8))
            withExtendedLifetime(interruption) {}
        }
        FileHandle.standardError.write(Data(prompt.utf8))
        guard let line = readLine(strippingNewline: true) else { throw ValidationError("nothing was typed") }
        return line
    }
}
