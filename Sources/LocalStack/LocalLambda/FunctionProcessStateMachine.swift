/// The lifecycle of one process of a function, without a process, a socket, a timer or a clock.
///
/// Each method is an event. It returns the actions that ``FunctionProcess`` has to perform, in that order.
///
/// | from | event | to |
/// |---|---|---|
/// | starting without a failure, idle, finishing | `runtimeRequestedNext` | idle |
/// | starting | init timer; `runtimeReportedInitError` | starting, with a failure |
/// | idle | `deliver` | busy |
/// | idle | `connectionDidClose` | finishing |
/// | busy | `runtimeCompleted` | finishing |
/// | busy, finishing | invocation timer, reconnect timer | stopping |
/// | starting, idle, finishing | `stop` | stopping |
/// | any | `didFailToSpawn`, `didExit`; `spawnIsDue` after a failure or `stop` | exited |
package struct FunctionProcessStateMachine<Invocation: PoolInvocation> {
    package typealias Instant = ContinuousClock.Instant
    /// Identifies a connection of the process to its Runtime API.
    package typealias ConnectionID = Int

    package struct Timeouts {
        package var initialization: Duration
        /// The timeout of an invocation, which includes the time until the process requests the next one.
        package var invocation: Duration
        package var reconnect: Duration
        package var stop: Duration

        package init(initialization: Duration, invocation: Duration, reconnect: Duration, stop: Duration) {
            self.initialization = initialization
            self.invocation = invocation
            self.reconnect = reconnect
            self.stop = stop
        }
    }

    package enum Timer {
        case initialization, invocation, reconnect, stop
    }

    package enum Action {
        /// Open the Runtime API's endpoint, then call ``FunctionProcessStateMachine/spawnIsDue()``.
        case listen
        /// Start the executable.
        case spawn
        /// Call ``FunctionProcessStateMachine/spawnIsDue()`` again after that time.
        case retrySpawn(after: Duration)
        /// Start the process's only timer. It replaces the one that runs.
        case scheduleTimer(Timer, after: Duration)
        case cancelTimer
        case sendInvocation(Invocation, on: ConnectionID)
        case respond(RuntimeAPIResponse, on: ConnectionID)
        case complete(InvocationCompletion<Invocation>)
        /// Send SIGTERM.
        case terminate
        /// Send SIGKILL.
        case kill
        /// Check after that time whether the process has exited.
        case pollForExit(after: Duration)
        /// Close the endpoint and its connections.
        case closeEndpoint
        case log(String)
        case notifyPool(PoolEvent)
    }

    /// The events of ``FunctionPoolStateMachine`` that a process causes.
    package enum PoolEvent {
        case didBecomeIdle
        case didBecomeUnavailable
        case willExit
        case didExit
        case didFailInit(InitFailure<Invocation.Payload>)
    }

    private enum State {
        /// It has been, or will be, spawned, and has not requested an invocation yet.
        case starting(InitFailure<Invocation.Payload>?)
        /// It waits in `next` on that connection.
        case idle(ConnectionID)
        /// It handles the invocation, which was delivered at that time.
        case busy(Invocation, since: Instant)
        /// It has responded, or lost its connection, and has not requested the next invocation yet.
        case finishing
        /// It has been told to exit or has been killed.
        case stopping
        case exited
    }

    private static var spawnRetryDelay: Duration { .milliseconds(10) }
    private static var minimumPollDelay: Duration { .milliseconds(1) }
    private static var maximumPollDelay: Duration { .milliseconds(100) }

    private let timeouts: Timeouts
    private var state = State.starting(nil)
    private var startTime: Instant?
    /// Reported with the first invocation.
    private var unreportedInitDuration: Duration?
    private var isSpawned = false
    private var hasLoggedSpawnRetry = false
    /// The delay of the pending poll for the exit.
    private var pollDelay: Duration?

    package init(timeouts: Timeouts) {
        self.timeouts = timeouts
    }

    // MARK: Starting

    package mutating func start(at now: Instant) -> [Action] {
        startTime = now
        return [.scheduleTimer(.initialization, after: timeouts.initialization), .listen]
    }

    package mutating func spawnIsDue() -> [Action] {
        // It may have been stopped, or have timed out, when there was no process to kill yet.
        guard case .starting(nil) = state else { return end(.unknown) }
        return [.spawn]
    }

    package mutating func didSpawn() { isSpawned = true }

    /// The executable is open for writing.
    package mutating func executableIsBusy(_ message: String) -> [Action] {
        defer { hasLoggedSpawnRetry = true }
        return (hasLoggedSpawnRetry ? [] : [.log("\(message); waiting until it is written")])
            + [.retrySpawn(after: Self.spawnRetryDelay)]
    }

    package mutating func didFailToSpawn(_ message: String) -> [Action] {
        if case .starting = state { state = .starting(.notStarted(message)) }
        return [.log(message)] + end(.unknown)
    }

    // MARK: Requests to the Runtime API

    package mutating func runtimeRequestedNext(on connection: ConnectionID, at now: Instant) -> [Action] {
        switch state {
        case .starting(nil): unreportedInitDuration = startTime?.duration(to: now)
        case .starting: return [.respond(.invalidTransition("The init phase has failed"), on: connection)]
        case .finishing: break
        case .idle: break  // It has lost its connection and requests again.
        case .busy: return [.respond(.invalidTransition("The current invocation has no response yet"), on: connection)]
        case .stopping, .exited:
            return [.respond(.invalidTransition("The process is being stopped"), on: connection)]
        }
        state = .idle(connection)
        return [.cancelTimer, .notifyPool(.didBecomeIdle)]
    }

    /// The runtime has sent a response to, or an error of, the invocation `id`.
    package mutating func runtimeCompleted(
        _ id: String,
        _ outcome: InvocationCompletion<Invocation>.Outcome,
        on connection: ConnectionID,
        at now: Instant
    ) -> [Action] {
        guard case .busy(let invocation, let since) = state else {
            return [.respond(.invalidTransition("There is no invocation to respond to"), on: connection)]
        }
        guard invocation.id == id else { return [.respond(.invalidRequestID, on: connection)] }
        // The invocation's timer continues: the time until the process requests its next invocation counts too.
        state = .finishing
        let response: RuntimeAPIResponse = if case .responseTooLarge = outcome { .payloadTooLarge } else { .accepted }
        return [
            .notifyPool(.didBecomeUnavailable), complete(invocation, since: since, outcome, at: now),
            .respond(response, on: connection),
        ]
    }

    package mutating func runtimeReportedInitError(_ error: Invocation.Payload, on connection: ConnectionID) -> [Action]
    {
        guard case .starting(nil) = state else {
            return [.respond(.invalidTransition("The init phase is over"), on: connection)]
        }
        state = .starting(.reported(error))
        return [.respond(.accepted, on: connection)]
    }

    package mutating func connectionDidClose(_ connection: ConnectionID) -> [Action] {
        guard case .idle(connection) = state else { return pollForExit() }
        state = .finishing
        return [.scheduleTimer(.reconnect, after: timeouts.reconnect), .notifyPool(.didBecomeUnavailable)]
            + pollForExit()
    }

    // MARK: Requests of the pool

    /// The process must be idle.
    package mutating func deliver(_ invocation: Invocation, at now: Instant) -> [Action] {
        guard case .idle(let connection) = state else { preconditionFailure("the process is not idle") }
        state = .busy(invocation, since: now)
        return [
            .scheduleTimer(.invocation, after: timeouts.invocation), .sendInvocation(invocation, on: connection),
        ]
    }

    /// Asks the process to exit, and kills it when it has not done so after the stop timeout.
    package mutating func stop() -> [Action] {
        var actions: [Action] = []
        switch state {
        case .stopping, .exited: return []
        case .busy: break  // It may still respond.
        case .starting, .idle, .finishing:
            state = .stopping
            actions.append(.notifyPool(.willExit))
        }
        actions += [.terminate, .scheduleTimer(.stop, after: timeouts.stop)]
        return actions + pollForExit()
    }

    // MARK: Timers

    package mutating func timerDidExpire(_ timer: Timer, at now: Instant) -> [Action] {
        switch (timer, state) {
        case (.initialization, .starting):
            state = .starting(.timedOut)
            return [.kill] + pollForExit()
        case (.invocation, .busy(let invocation, let since)):
            return [complete(invocation, since: since, .timedOut, at: now)] + kill()
        case (.invocation, .finishing), (.reconnect, .finishing):
            return [.log("did not request its next invocation in time; killing it")] + kill()
        case (.stop, _):
            return [.kill]
        default:
            return []
        }
    }

    private mutating func kill() -> [Action] {
        state = .stopping
        return [.notifyPool(.willExit), .kill] + pollForExit()
    }

    // MARK: Exit

    /// The process has closed its output, as it does when it exits.
    package mutating func outputDidEnd() -> [Action] { pollForExit() }

    /// A poll has found that the process still runs.
    package mutating func isStillRunning() -> [Action] {
        guard let delay = pollDelay else { return [] }
        if case .idle = state {
            pollDelay = nil
            return []
        }
        let next = min(delay * 2, Self.maximumPollDelay)
        pollDelay = next
        return [.pollForExit(after: next)]
    }

    /// A poll has found that the process has exited.
    package mutating func didExit(_ status: ExitStatus, at now: Instant) -> [Action] {
        guard case .busy(let invocation, let since) = state else { return end(status) }
        return [complete(invocation, since: since, .exited(status), at: now)] + end(status)
    }

    private mutating func end(_ status: ExitStatus) -> [Action] {
        let last = state
        state = .exited
        isSpawned = false
        pollDelay = nil
        let actions: [Action] = [.cancelTimer, .closeEndpoint]
        switch last {
        case .starting(let failure): return actions + [.notifyPool(.didFailInit(failure ?? .exited(status)))]
        case .idle, .finishing:
            return actions + [.log("exited between two invocations: \(status)"), .notifyPool(.didExit)]
        case .busy, .stopping: return actions + [.notifyPool(.didExit)]
        case .exited: return []
        }
    }

    private mutating func pollForExit() -> [Action] {
        guard isSpawned, pollDelay == nil else { return [] }
        pollDelay = Self.minimumPollDelay
        return [.pollForExit(after: Self.minimumPollDelay)]
    }

    private mutating func complete(
        _ invocation: Invocation,
        since: Instant,
        _ outcome: InvocationCompletion<Invocation>.Outcome,
        at now: Instant
    ) -> Action {
        defer { unreportedInitDuration = nil }
        return .complete(
            InvocationCompletion(
                invocation: invocation,
                outcome: outcome,
                duration: since.duration(to: now),
                initDuration: unreportedInitDuration
            )
        )
    }
}
