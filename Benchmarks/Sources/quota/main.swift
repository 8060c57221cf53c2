import Foundation

// What the quota ledger takes, and what it stands. DB is an SQLite file or the address of a PostgreSQL server, empty.
//
//     quota rounds DB COUNT      so many reservations, by 256 tasks in 4 processes that are killed over and over: ends with 1 if
//                                a limit was ever passed, a refund was not exact, or the ledger does not add up
//     quota speed DB             reservations a second
//     quota shoppers DB BEGAN    one of those processes; BEGAN is when time began for all of them, milliseconds since 1970

let arguments = Array(CommandLine.arguments.dropFirst())

func usage() -> Never {
    print("usage: quota rounds DB COUNT | quota speed DB")
    exit(2)
}

guard arguments.count >= 2 else { usage() }
let place = Place(arguments[1])
switch (arguments[0], arguments.dropFirst(2).first.flatMap { Int64($0) }) {
case ("rounds", let count?) where count > 0: try await Rounds(place).run(Int(clamping: count))
case ("shoppers", let began?): try await Shoppers(place, clock: FastClock(began: began)).run()
case ("speed", nil): try await Speed(place).run()
default: usage()
}
