import Foundation

// What the job queue takes, and what it stands. DB is an SQLite file or the address of a PostgreSQL server.
//
// How fast: each prints a line of JSON, of which `Peers/bench.py` makes tables. DB is empty.
//
//     jobs enqueue DB COUNT BATCH           into the queue, so many a transaction
//     jobs drain DB COUNT CONCURRENCY       out of it, by a worker whose handler does nothing
//     jobs batches DB COUNT                 out of it, claimed and completed by hundreds
//     jobs latency DB COUNT [here|apart]    from the call that enqueues to the start, by an idle worker here or in another process
//     jobs idle DB SECONDS                  the processor time of a worker that has nothing to do
//
// How safe: each ends with 1 if anything was lost or done twice (`Scripts/kill-workers.sh` runs them all).
//
//     jobs kill DB KILLS JOBS [COMMAND]     kill -9 of one of 8 workers, over and over; COMMAND restarts the server now and then
//     jobs freeze DB ROUNDS                 SIGSTOP of a worker until its jobs are another's and done, then SIGCONT
//     jobs stop DB ROUNDS                   SIGTERM under load
//     jobs check DB                         what became of all jobs, when somebody else disturbed them
//     jobs worker DB NAME CONCURRENCY LEASE GRACE    one such worker; times in milliseconds

let arguments = Array(CommandLine.arguments.dropFirst())
let numbers = arguments.map { Int($0) }

func number(_ place: Int) -> Int {
    guard place < numbers.count, let number = numbers[place], number > 0 else { usage() }
    return number
}

func usage() -> Never {
    print("usage: jobs enqueue|drain|batches|latency|idle|kill|freeze|stop|check|worker DB …")
    exit(2)
}

guard arguments.count >= 2 else { usage() }
let place = Place(arguments[1])
switch arguments[0] {
case "enqueue": try await Speed.enqueue(number(2), by: number(3), on: place)
case "drain": try await Speed.drain(number(2), concurrency: number(3), on: place)
case "batches": try await Speed.batches(number(2), on: place)
case "latency": try await Idleness.latency(number(2), apart: arguments.last == "apart", on: place)
case "idle": try await Idleness.rest(for: .seconds(number(2)), on: place)
case "kill":
    let restart = arguments.count > 4 ? arguments[4] : nil
    try await KillTrial(place, restart: restart).run(kills: number(2), jobs: number(3))
case "freeze": try await FreezeTrial(place).run(rounds: number(2))
case "stop": try await StopTrial(place).run(rounds: number(2))
case "check": try await Verdict.check(place)
case "worker" where arguments.count > 2:
    try await WorkerProcess.run(
        arguments[2], on: place, concurrency: number(3), lease: .milliseconds(number(4)),
        grace: .milliseconds(number(5)))
default: usage()
}
