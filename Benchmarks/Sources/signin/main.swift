import Foundation

// What signing in takes, and what its time tells. DB is an SQLite file or the address of a PostgreSQL server, empty.
//
//     signin enumerate DB COUNT     COUNT wrong passwords, of known and unknown users in turn: ends with 1 if their times
//                                   tell them apart
//     signin speed DB COUNT         right passwords, access tokens and cookies a second

let arguments = Array(CommandLine.arguments.dropFirst())

func usage() -> Never {
    print("usage: signin enumerate|speed DB COUNT")
    exit(2)
}

guard arguments.count == 3, let count = Int(arguments[2]), count > 1 else { usage() }
let house = try await House(arguments[1])
switch arguments[0] {
case "enumerate": try await Enumeration(house).run(count)
case "speed": try await Speed(house).run(count)
default: usage()
}
