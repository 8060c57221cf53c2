import ArgumentParser
import StorageSQLite
import WaxwingHTTP

@main struct Waxwing: AsyncParsableCommand { mutating func run() async throws { print("hi") } }
