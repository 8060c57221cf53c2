import Foundation

// Whether webhooks count once, whatever becomes of those who take them. DB is an empty SQLite file or PostgreSQL schema.
//
//     webhooks trial DB DELIVERIES KILLS      by 8 couriers, of which one is killed, over and over, and another takes its place
//     webhooks courier DB DELIVERIES PLACE FROM   one of them: takes the deliveries of its place from a number on
//
// The deliveries are those of histories that are made from a seed, in random order, each event about twice. Prints a line of
// JSON; ends with 1 if a subscription is not what its history says, or an effect was not had exactly once for its event.

let arguments = Array(CommandLine.arguments.dropFirst())

func number(_ place: Int) -> Int {
    guard place < arguments.count, let number = Int(arguments[place]), number >= 0 else { usage() }
    return number
}

func usage() -> Never {
    print("usage: webhooks trial DB DELIVERIES KILLS | courier DB DELIVERIES PLACE FROM")
    exit(2)
}

switch arguments.first {
case "trial" where arguments.count == 4 && number(2) > 4 * number(3):
    try await KillTrial(address: arguments[1], round: Round(deliveries: number(2))).run(kills: number(3))
case "courier" where arguments.count == 5:
    try await Courier(address: arguments[1], round: Round(deliveries: number(2)), place: number(3)).run(from: number(4))
default: usage()
}
