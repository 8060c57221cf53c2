import Foundation

// What the storage takes: prints a line of JSON for every figure. `Peers/bench.py` makes tables of them.
//
//     storage library SAMPLES FILE|URL [PART]   fills a database (once) and asks it what is asked often; PART of a question
//     storage objects SIZE COUNT FOLDER|s3      puts and gets objects; s3 takes the S3_… variables

let arguments = Array(CommandLine.arguments.dropFirst())
switch (arguments.first, arguments.dropFirst().map { $0 }) {
case ("library", let rest) where (2...3).contains(rest.count):
    guard let samples = Int(rest[0]) else { fallthrough }
    try await LibraryBenchmark.run(samples: samples, on: rest[1], asking: rest.count > 2 ? rest[2] : "")
case ("objects", let rest) where rest.count == 3:
    guard let size = Int(rest[0]), let count = Int(rest[1]), count > 0 else { fallthrough }
    try await ObjectBenchmark.run(size: size, count: count, in: rest[2])
default:
    print("usage: storage library SAMPLES FILE|URL [PART] | storage objects SIZE COUNT FOLDER|s3")
    exit(2)
}
