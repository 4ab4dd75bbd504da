import LocalLambda
import Testing

@Suite
struct FunctionProcessStateMachineTests {
    typealias Process = FunctionProcessStateMachine<TestInvocation>

    /// The states that a test can start from.
    enum Phase: CaseIterable {
        case unspawned, starting, idle, busy, finishing, stopping, exited
    }

    static func makeProcess(_ phase: Phase) -> Process {
        var process = Process(
            timeouts: .init(
                initialization: .seconds(10),
                invocation: .seconds(3),
                reconnect: .seconds(1),
                stop: .seconds(2)
            )
        )
        _ = process.start(at: TestClock.start)
        _ = process.spawnIsDue()
        if phase == .unspawned { return process }
        process.didSpawn()
        if phase == .starting { return process }
        _ = process.runtimeRequestedNext(on: 1, at: TestClock.seconds(0.5))
        switch phase {
        case .unspawned, .starting, .idle: break
        case .busy: _ = process.deliver(TestInvocation(id: "a"), at: TestClock.seconds(1))
        case .finishing:
            _ = process.deliver(TestInvocation(id: "a"), at: TestClock.seconds(1))
            _ = process.runtimeCompleted("a", .success(""), on: 1, at: TestClock.seconds(2))
        case .stopping: _ = process.stop()
        case .exited: _ = process.didExit(.exited(0), at: TestClock.seconds(1))
        }
        return process
    }

    /// The actions as short texts, which can be compared.
    static func texts(_ actions: [Process.Action]) -> [String] {
        actions.map {
            switch $0 {
            case .listen: "listen"
            case .spawn: "spawn"
            case .retrySpawn(let delay): "retry spawn after \(delay)"
            case .scheduleTimer(let timer, let delay): "schedule \(timer) after \(delay)"
            case .cancelTimer: "cancel timer"
            case .sendInvocation(let invocation, let connection): "send \(invocation) on \(connection)"
            case .respond(let response, let connection): "respond \(text(response)) on \(connection)"
            case .complete(let completion): text(completion)
            case .terminate: "terminate"
            case .kill: "kill"
            case .pollForExit(let delay): "poll after \(delay)"
            case .closeEndpoint: "close"
            case .log(let message): "log \(message)"
            case .notifyPool(.didFailInit(let failure)): "didFailInit \(failure)"
            case .notifyPool(let event): "\(event)"
            }
        }
    }

    static func text(_ response: RuntimeAPIResponse) -> String {
        if case .invalidTransition = response { "invalidTransition" } else { "\(response)" }
    }

    static func text(_ completion: InvocationCompletion<TestInvocation>) -> String {
        let initDuration = completion.initDuration.map { ", init \($0)" } ?? ""
        return "complete \(completion.invocation) \(completion.outcome) in \(completion.duration)\(initDuration)"
    }

    // MARK: Starting

    @Test
    func `a process listens, is spawned, requests an invocation, gets it and responds`() {
        var process = Process(
            timeouts: .init(
                initialization: .seconds(10),
                invocation: .seconds(3),
                reconnect: .seconds(1),
                stop: .seconds(2)
            )
        )
        #expect(
            Self.texts(process.start(at: TestClock.start)) == ["schedule initialization after 10.0 seconds", "listen"])
        #expect(Self.texts(process.spawnIsDue()) == ["spawn"])
        process.didSpawn()
        #expect(
            Self.texts(process.runtimeRequestedNext(on: 1, at: TestClock.seconds(0.5))) == [
                "cancel timer", "didBecomeIdle",
            ]
        )
        #expect(
            Self.texts(process.deliver(TestInvocation(id: "a"), at: TestClock.seconds(1))) == [
                "schedule invocation after 3.0 seconds", "send a on 1",
            ]
        )
        #expect(
            Self.texts(process.runtimeCompleted("a", .success("{}"), on: 1, at: TestClock.seconds(2))) == [
                "didBecomeUnavailable", #"complete a success("{}") in 1.0 seconds, init 0.5 seconds"#,
                "respond accepted on 1",
            ]
        )
    }

    @Test
    func `only the first invocation reports the duration of the init phase`() {
        var process = Self.makeProcess(.finishing)
        _ = process.runtimeRequestedNext(on: 1, at: TestClock.seconds(3))
        _ = process.deliver(TestInvocation(id: "b"), at: TestClock.seconds(3))
        let actions = Self.texts(process.runtimeCompleted("b", .success(""), on: 1, at: TestClock.seconds(5)))
        #expect(actions.contains(#"complete b success("") in 2.0 seconds"#))
    }

    @Test
    func `an executable that is open for writing is retried and logged once`() {
        var process = Self.makeProcess(.unspawned)
        #expect(
            Self.texts(process.executableIsBusy("busy")) == [
                "log busy; waiting until it is written", "retry spawn after 0.01 seconds",
            ]
        )
        #expect(Self.texts(process.spawnIsDue()) == ["spawn"])
        #expect(Self.texts(process.executableIsBusy("busy")) == ["retry spawn after 0.01 seconds"])
    }

    @Test
    func `an executable that cannot be started is an init failure`() {
        var process = Self.makeProcess(.unspawned)
        #expect(
            Self.texts(process.didFailToSpawn("no such file")) == [
                "log no such file", "cancel timer", "close", #"didFailInit notStarted("no such file")"#,
            ]
        )
    }

    @Test
    func `a process whose init timeout expired before it was spawned is not spawned`() {
        var process = Self.makeProcess(.unspawned)
        #expect(Self.texts(process.timerDidExpire(.initialization, at: TestClock.start)) == ["kill"])
        #expect(Self.texts(process.spawnIsDue()) == ["cancel timer", "close", "didFailInit timedOut"])
    }

    @Test
    func `a process that was stopped before it was spawned is not spawned`() {
        var process = Self.makeProcess(.unspawned)
        #expect(Self.texts(process.stop()) == ["willExit", "terminate", "schedule stop after 2.0 seconds"])
        #expect(Self.texts(process.spawnIsDue()) == ["cancel timer", "close", "didExit"])
    }

    @Test
    func `the init failure is the reported error, unless the init timeout expires`() {
        var process = Self.makeProcess(.starting)
        #expect(Self.texts(process.runtimeReportedInitError("no table", on: 1)) == ["respond accepted on 1"])
        var reporting = process
        #expect(
            Self.texts(reporting.didExit(.exited(1), at: TestClock.start)).last == #"didFailInit reported("no table")"#
        )
        #expect(
            Self.texts(process.timerDidExpire(.initialization, at: TestClock.start)) == [
                "kill", "poll after 0.001 seconds",
            ]
        )
        #expect(Self.texts(process.didExit(.killed(9), at: TestClock.start)).last == "didFailInit timedOut")
    }

    // MARK: Requests to the Runtime API

    @Test(
        arguments: [
            (.starting, ["cancel timer", "didBecomeIdle"]),
            (.idle, ["cancel timer", "didBecomeIdle"]),
            (.busy, ["respond invalidTransition on 2"]),
            (.finishing, ["cancel timer", "didBecomeIdle"]),
            (.stopping, ["respond invalidTransition on 2"]),
            (.exited, ["respond invalidTransition on 2"]),
        ] as [(Phase, [String])])
    func `next is a valid request unless the process is busy, stopping or has exited`(phase: Phase, actions: [String]) {
        var process = Self.makeProcess(phase)
        #expect(Self.texts(process.runtimeRequestedNext(on: 2, at: TestClock.start)) == actions)
    }

    @Test
    func `a process whose init phase failed does not become idle`() {
        var reporting = Self.makeProcess(.starting)
        _ = reporting.runtimeReportedInitError("no table", on: 1)
        #expect(
            Self.texts(reporting.runtimeRequestedNext(on: 2, at: TestClock.start)) == ["respond invalidTransition on 2"]
        )
        var killed = Self.makeProcess(.starting)
        _ = killed.timerDidExpire(.initialization, at: TestClock.start)
        #expect(
            Self.texts(killed.runtimeRequestedNext(on: 2, at: TestClock.start)) == ["respond invalidTransition on 2"])
        #expect(Self.texts(killed.runtimeReportedInitError("", on: 2)) == ["respond invalidTransition on 2"])
        #expect(Self.texts(killed.didExit(.killed(9), at: TestClock.start)).last == "didFailInit timedOut")
    }

    @Test(arguments: Phase.allCases)
    func `a response is a valid request only of a busy process`(phase: Phase) {
        var process = Self.makeProcess(phase)
        let actions = Self.texts(process.runtimeCompleted("a", .success(""), on: 1, at: TestClock.start))
        #expect((actions == ["respond invalidTransition on 1"]) == (phase != .busy))
    }

    @Test(arguments: Phase.allCases)
    func `an init error is a valid request only of a starting process`(phase: Phase) {
        var process = Self.makeProcess(phase)
        let isStarting = phase == .starting || phase == .unspawned
        #expect(
            Self.texts(process.runtimeReportedInitError("", on: 1))
                == [isStarting ? "respond accepted on 1" : "respond invalidTransition on 1"]
        )
    }

    @Test
    func `a response to another invocation is rejected and the invocation continues`() {
        var process = Self.makeProcess(.busy)
        let rejected = Self.texts(process.runtimeCompleted("b", .success(""), on: 1, at: TestClock.seconds(2)))
        #expect(rejected == ["respond invalidRequestID on 1"])
        let accepted = Self.texts(process.runtimeCompleted("a", .success(""), on: 1, at: TestClock.seconds(2)))
        #expect(accepted.last == "respond accepted on 1")
    }

    @Test(
        arguments: [
            (.success("{}"), "accepted"), (.functionError(type: "Sad", "{}"), "accepted"),
            (.responseTooLarge, "payloadTooLarge"),
        ] as [(InvocationCompletion<TestInvocation>.Outcome, String)])
    func `every outcome completes the invocation`(
        outcome: InvocationCompletion<TestInvocation>.Outcome,
        response: String
    ) {
        var process = Self.makeProcess(.busy)
        #expect(
            Self.texts(process.runtimeCompleted("a", outcome, on: 1, at: TestClock.seconds(2))) == [
                "didBecomeUnavailable", "complete a \(outcome) in 1.0 seconds, init 0.5 seconds",
                "respond \(response) on 1",
            ]
        )
    }

    // MARK: Connections

    @Test
    func `an idle process that loses its connection must reconnect in time`() {
        var process = Self.makeProcess(.idle)
        #expect(
            Self.texts(process.connectionDidClose(1)) == [
                "schedule reconnect after 1.0 seconds", "didBecomeUnavailable", "poll after 0.001 seconds",
            ]
        )
        #expect(
            Self.texts(process.timerDidExpire(.reconnect, at: TestClock.start)) == [
                "log did not request its next invocation in time; killing it", "willExit", "kill",
            ]
        )
    }

    @Test
    func `an idle process that reconnects is idle again`() {
        var process = Self.makeProcess(.idle)
        _ = process.connectionDidClose(1)
        let actions = Self.texts(process.runtimeRequestedNext(on: 2, at: TestClock.start))
        #expect(actions == ["cancel timer", "didBecomeIdle"])
        #expect(Self.texts(process.deliver(TestInvocation(id: "b"), at: TestClock.start)).last == "send b on 2")
    }

    @Test
    func `another connection of an idle process may close`() {
        var process = Self.makeProcess(.idle)
        #expect(Self.texts(process.connectionDidClose(7)) == ["poll after 0.001 seconds"])
        #expect(Self.texts(process.deliver(TestInvocation(id: "b"), at: TestClock.start)).last == "send b on 1")
    }

    // MARK: Timeouts

    @Test
    func `a busy process is killed at its timeout and its invocation has timed out`() {
        var process = Self.makeProcess(.busy)
        #expect(
            Self.texts(process.timerDidExpire(.invocation, at: TestClock.seconds(4))) == [
                "complete a timedOut in 3.0 seconds, init 0.5 seconds", "willExit", "kill", "poll after 0.001 seconds",
            ]
        )
        #expect(
            Self.texts(process.didExit(.killed(9), at: TestClock.seconds(4))) == ["cancel timer", "close", "didExit"])
    }

    @Test
    func `a process that has responded must request its next invocation before its timeout`() {
        var process = Self.makeProcess(.finishing)
        #expect(
            Self.texts(process.timerDidExpire(.invocation, at: TestClock.seconds(4))) == [
                "log did not request its next invocation in time; killing it", "willExit", "kill",
                "poll after 0.001 seconds",
            ]
        )
    }

    @Test(arguments: [Phase.busy, .stopping])
    func `a process that does not exit before the stop timeout is killed`(phase: Phase) {
        var process = Self.makeProcess(phase)
        _ = process.stop()
        #expect(Self.texts(process.timerDidExpire(.stop, at: TestClock.start)) == ["kill"])
    }

    // MARK: Stopping

    @Test(
        arguments: [
            (.starting, ["willExit", "terminate", "schedule stop after 2.0 seconds", "poll after 0.001 seconds"]),
            (.idle, ["willExit", "terminate", "schedule stop after 2.0 seconds", "poll after 0.001 seconds"]),
            (.busy, ["terminate", "schedule stop after 2.0 seconds", "poll after 0.001 seconds"]),
            (.finishing, ["willExit", "terminate", "schedule stop after 2.0 seconds", "poll after 0.001 seconds"]),
            (.stopping, []),
            (.exited, []),
        ] as [(Phase, [String])])
    func `stop terminates the process once`(phase: Phase, actions: [String]) {
        var process = Self.makeProcess(phase)
        #expect(Self.texts(process.stop()) == actions)
    }

    @Test
    func `a busy process that is stopped may complete its invocation`() {
        var process = Self.makeProcess(.busy)
        _ = process.stop()
        let actions = Self.texts(process.runtimeCompleted("a", .success(""), on: 1, at: TestClock.seconds(2)))
        #expect(actions.last == "respond accepted on 1")
    }

    // MARK: Exit

    @Test(
        arguments: [
            (.starting, ["cancel timer", "close", "didFailInit exited(exit status 1)"]),
            (.idle, ["cancel timer", "close", "log exited between two invocations: exit status 1", "didExit"]),
            (
                .busy,
                [
                    "complete a exited(exit status 1) in 1.0 seconds, init 0.5 seconds", "cancel timer", "close",
                    "didExit",
                ]
            ),
            (.finishing, ["cancel timer", "close", "log exited between two invocations: exit status 1", "didExit"]),
            (.stopping, ["cancel timer", "close", "didExit"]),
            (.exited, []),
        ] as [(Phase, [String])])
    func `an exit fails the invocation or the init phase and is reported to the pool`(phase: Phase, actions: [String]) {
        var process = Self.makeProcess(phase)
        #expect(Self.texts(process.didExit(.exited(1), at: TestClock.seconds(2))) == actions)
    }

    @Test
    func `the process is polled at growing intervals until it has exited`() {
        var process = Self.makeProcess(.busy)
        #expect(Self.texts(process.outputDidEnd()) == ["poll after 0.001 seconds"])
        #expect(Self.texts(process.outputDidEnd()) == [])
        let delays = (0..<9).flatMap { _ in Self.texts(process.isStillRunning()) }
        let expected = ["0.002", "0.004", "0.008", "0.016", "0.032", "0.064", "0.1", "0.1", "0.1"]
        #expect(delays == expected.map { "poll after \($0) seconds" })
        _ = process.didExit(.exited(0), at: TestClock.start)
        #expect(Self.texts(process.isStillRunning()) == [])
    }

    @Test
    func `an idle process is polled once when its output ends`() {
        var process = Self.makeProcess(.idle)
        #expect(Self.texts(process.outputDidEnd()) == ["poll after 0.001 seconds"])
        #expect(Self.texts(process.isStillRunning()) == [])
    }
}
