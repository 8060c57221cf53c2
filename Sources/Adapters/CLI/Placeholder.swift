import ArgumentParser
import WaxwingHTTP
import StorageSQLite
@main struct Waxwing: AsyncParsableCommand { mutating func run() async throws { print("hi") } }
