import ArgumentParser
import LoadClient

struct LoadOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Requests per second (default: as many as possible).", valueName: "R")
    )
    var rate: Double?

    @Option(
        help: ArgumentHelp("Ramps of the rate, such as 10s:50,30s:500,10s:0.", valueName: "stages"),
        transform: { try Stage.list($0) }
    )
    var stages: [Stage] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Length of the measurement (default: 10s).", valueName: "time"),
        transform: { try TimeOption.positive($0) }
    )
    var duration: Nanoseconds?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Time before the measurement (default: 0s).", valueName: "time"),
        transform: { try TimeOption.any($0) }
    )
    var warmup: Nanoseconds = 0

    @Option(name: .shortAndLong, help: ArgumentHelp("Concurrent requests.", valueName: "C"))
    var concurrency = 50

    @Option(name: .shortAndLong, help: ArgumentHelp("Threads that send requests.", valueName: "K"))
    var threads = 1

    @Option(
        help: ArgumentHelp("Weights (default: get=70,post=20,like=9,delete=1).", valueName: "mix"),
        transform: { try OperationMix($0) }
    )
    var mix: OperationMix = .default

    @Option(help: "Intervals between requests: poisson or constant.")
    var pacing = ArrivalProcess.poisson

    @Option(help: ArgumentHelp("Haiku per page.", valueName: "n"))
    var limit = 30

    @Option(help: ArgumentHelp("Seed of all random choices (default: random).", valueName: "S"))
    var seed: UInt64?

    @Flag(help: "Like and delete any haiku, not only those of this run; requires --yes.")
    var anyHaiku = false

    @Flag(name: .shortAndLong, help: "Confirm --any-haiku.")
    var yes = false

    func validate() throws {
        if anyHaiku, !yes {
            throw ValidationError("--any-haiku likes and deletes haiku of other people; pass --yes to confirm")
        }
        if !stages.isEmpty {
            if rate != nil || duration != nil || warmup > 0 {
                throw ValidationError("--stages cannot be combined with --rate, --duration or --warmup")
            }
            guard stages.reduce(0, { $0 + $1.duration.seconds }) < 8.64e6 else {
                throw ValidationError("--stages must take less than 100 days in total")
            }
        }
        if let rate, !(0.001...1_000_000).contains(rate) {
            throw ValidationError("--rate must be between 0.001 and 1,000,000; got \(rate)")
        }
        try CountOption.check("--concurrency", concurrency, 1...10_000)
        guard (1...min(concurrency, 256)).contains(threads) else {
            throw ValidationError("--threads must be between 1 and --concurrency, and at most 256; got \(threads)")
        }
        try CountOption.check("--limit", limit, 1...1_000)
    }

    var plan: LoadPlan {
        var plan = LoadPlan()
        plan.rate = rate
        plan.stages = stages
        plan.arrivalProcess = pacing
        plan.mix = mix
        plan.warmup = warmup
        plan.duration = stages.isEmpty ? duration ?? plan.duration : stages.reduce(0) { $0 + $1.duration }
        plan.concurrency = concurrency
        plan.threads = threads
        plan.seed = seed ?? .random(in: 0...UInt64(UInt32.max))
        plan.run = .random(in: .min ... .max)
        plan.targetsAnyHaiku = anyHaiku
        return plan
    }
}

extension ArrivalProcess: ExpressibleByArgument {}
