public import NIOCore

/// Spreads refusals over time, so that refusing does not take the time that is needed for the work.
///
/// A client whose request is refused often sends the next at once. If each got its refusal at once as well, refusing
/// would be all that the event loop does. So a few are refused at once and, in a flood, each waits for its turn: with a
/// thousand connections half a second, or a second if each is closed with its refusal.
public struct RefusalPace {
    /// How far ahead of the pace refusals may be: so many turns are taken at once before the first has to wait.
    public static let burst = 100
    /// How many turns a refusal takes with which a connection goes: as a rule the client opens another.
    public static let costOfConnection = 3

    /// The time between two refusals in a flood.
    public let interval: TimeAmount
    /// The longest that any refusal waits. So late, refusals are made as they come: those that have gone by then, or wait
    /// for no answer, must not keep the others waiting.
    public static let longest = TimeAmount.seconds(1)

    private var next = NIODeadline.uptimeNanoseconds(0)

    /// A pace that has refused nothing yet.
    ///
    /// - Parameter interval: The time between two refusals in a flood: several times what a refusal costs.
    public init(interval: TimeAmount = .microseconds(500)) { self.interval = interval }

    /// Notes one more refusal, and returns when it is to be made: now, or later.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - endsConnection: Whether the connection is closed with it.
    public mutating func turn(_ now: NIODeadline, endsConnection: Bool = false) -> NIODeadline {
        let time = endsConnection ? interval * Self.costOfConnection : interval
        next = min(max(next, now - interval * Self.burst) + time, now + Self.longest)
        return max(next, now)
    }
}
