import ArgumentParser
import Foundation
import LoadClient
import ProcessLimits

struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Load-tests the API with haiku of its own, which it deletes at the end.",
        usage: "bashoutter-client ENDPOINT load [options]",
        discussion: """
            Example:
              bashoutter-client http://127.0.0.1:8080 load --rate 1000 --duration 30s \\
                --svg report.svg --fail-if 'p99>200ms' --fail-if 'errors>0.1%'
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var load: LoadOptions
    @OptionGroup var reports: ReportOptions

    func run() async throws {
        Interruption.installSignalHandlers()
        FileDescriptorLimit.raise(forConnections: load.concurrency)
        try reports.checkFiles()
        var settings = try connection.settings()
        settings.limit = load.limit
        let plan = load.plan
        let output = reports.usesStandardOutput ? Terminal.printError : Terminal.print
        let test = LoadTest(endpoint: connection.endpoint, settings: settings, plan: plan)
        warnOfCost(plan)
        let pool = try probe(test)
        output(LoadReport.heading(endpoint: connection.endpoint.base, plan: plan))
        output("\n" + LoadReport.secondHeading)
        let startedAt = Date().ISO8601Format()
        var report = test.run(pool: pool, shouldStop: { Interruption.isRequested }) { second in
            output(LoadReport.line(for: second))
        }
        report.startedAt = startedAt
        report.failures = reports.failIf.compactMap { $0.failure(in: report) }
        output("\n" + report.text)
        try reports.write(report)
        // A second Ctrl-C also interrupts the deletion.
        Interruption.installSignalHandlers()
        let isClean = deletePosts(of: test, in: pool)
        if report.isInterrupted || Interruption.isRequested { throw ExitCode(Interruption.exitStatus) }
        for failure in report.failures { Terminal.printError("Failed: \(failure)") }
        if report.hasOnlyErrors { Terminal.printError("Failed: all requests failed") }
        if !report.failures.isEmpty || report.hasOnlyErrors || !isClean { throw ExitCode.failure }
    }

    /// Warns of an expensive run before it starts, so that it can be cancelled.
    private func warnOfCost(_ plan: LoadPlan) {
        let cost = RunCost(of: plan, limit: load.limit)
        guard !connection.endpoint.isLoopback, cost.dollars > 1 else { return }
        Terminal.printError(
            "Warning: this run costs \(plan.isOpenLoop ? "about" : "up to about") \(cost) on AWS (\(RunCost.source)); "
                + "Ctrl-C cancels it.")
    }

    private func probe(_ test: LoadTest) throws -> HaikuPool {
        do {
            return try test.probe { Interruption.isRequested }
        } catch {
            if Interruption.isRequested { throw ExitCode(Interruption.exitStatus) }
            throw error
        }
    }

    /// Returns whether all haiku of the run were deleted.
    private func deletePosts(of test: LoadTest, in pool: HaikuPool) -> Bool {
        var bar = ProgressBar("Deleting")
        let left = test.deletePosts(in: pool, shouldStop: { Interruption.isRequested }) { bar.show($0, of: $1) }
        bar.clear()
        if left > 0 {
            Terminal.printError("\(left) haiku of this run were not deleted.")
        }
        if pool.unknownPosts > 0 {
            Terminal.printError("\(pool.unknownPosts) posts got no response; their haiku may exist.")
        }
        if left > 0 || pool.unknownPosts > 0 {
            Terminal.printError(
                "To delete the haiku of all load tests: "
                    + "bashoutter-client \(connection.endpoint.base) clear_database --only-load-test"
            )
        }
        return left == 0
    }
}
