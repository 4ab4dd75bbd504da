public import ArgumentParser
import Foundation
public import LoadClient

/// What load there is to be.
struct LoadOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: ArgumentHelp("Requests a second (default: all it can).", valueName: "R"))
    var rate: Double?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("How long (default: 10s).", valueName: "time"),
        transform: { try TimeOption.positive($0) }
    )
    var duration: Nanoseconds = 10_000_000_000

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Before that, uncounted (default: 0s).", valueName: "time"),
        transform: { try TimeOption.any($0) }
    )
    var warmup: Nanoseconds = 0

    @Option(name: .shortAndLong, help: ArgumentHelp("Requests under way at once.", valueName: "C"))
    var concurrency = 50

    @Option(name: .shortAndLong, help: ArgumentHelp("Threads to send from.", valueName: "K"))
    var threads = 1

    @Option(
        help: ArgumentHelp("Weights (default: get=70,post=20,like=9,delete=1).", valueName: "mix"),
        transform: { try OperationMix($0) }
    )
    var mix: OperationMix = .usual

    @Option(help: "Intervals between requests: poisson or constant.")
    var pacing = ArrivalProcess.poisson

    @Option(help: ArgumentHelp("Haiku on a page.", valueName: "n"))
    var limit = 30

    @Option(help: ArgumentHelp("All randomness follows from it (default: random).", valueName: "S"))
    var seed: UInt64?

    func validate() throws {
        if let rate, !(rate > 0 && rate <= 10_000_000) { throw ValidationError("--rate must be above 0.") }
        guard (1...10_000).contains(concurrency) else {
            throw ValidationError("--concurrency must be from 1 to 10000.")
        }
        guard (1...min(concurrency, 256)).contains(threads) else {
            throw ValidationError("--threads must be from 1 to the concurrency, and 256 at most.")
        }
        guard (1...1000).contains(limit) else { throw ValidationError("--limit must be from 1 to 1000.") }
    }

    /// The plan that the options describe, with a seed of its own each time unless one was given.
    func plan() -> LoadPlan {
        var plan = LoadPlan()
        plan.rate = rate
        plan.pacing = pacing
        plan.mix = mix
        plan.warmup = warmup
        plan.duration = duration
        plan.concurrency = concurrency
        plan.threads = threads
        plan.seed = seed ?? .random(in: 0...UInt64(UInt32.max))
        return plan
    }
}

extension ArrivalProcess: ExpressibleByArgument {}

/// Where the report goes, and when it is a bad one.
struct ReportOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write the report as JSON.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write all times for HdrHistogram's plotter.", valueName: "file"))
    var hgrm: String?

    @Option(help: ArgumentHelp("Write charts for a browser.", valueName: "file"))
    var svg: String?

    @Option(
        help: ArgumentHelp("Exit with 1 if so, e.g. 'p99>200ms'; repeatable.", valueName: "condition"),
        transform: { try FailCondition($0) }
    )
    var failIf: [FailCondition] = []

    /// Says before the run, not after it, that a file cannot be written.
    func check() throws {
        for path in [json, hgrm, svg].compactMap({ $0 }) {
            guard let file = fopen(path, "a") else {
                throw ReportError(path: path, reason: String(cString: strerror(errno)))
            }
            fclose(file)
        }
    }

    func write(_ report: LoadReport) throws {
        try write(json, Data(report.json))
        try write(hgrm, Data(report.recorder.all.hgrm.utf8))
        try write(svg, Data(report.svg.utf8))
    }

    private func write(_ path: String?, _ data: @autoclosure () -> Data) throws {
        guard let path else { return }
        do {
            try data().write(to: URL(fileURLWithPath: path))
        } catch {
            throw ReportError(path: path, reason: error.localizedDescription)
        }
    }
}

/// A report that could not be written.
struct ReportError: Error, CustomStringConvertible {
    let path: String
    let reason: String

    var description: String { "cannot write \(path): \(reason)" }
}
