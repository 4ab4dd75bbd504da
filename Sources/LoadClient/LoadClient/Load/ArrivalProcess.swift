/// The process that generates the times when requests are due, at a given rate.
package enum ArrivalProcess: String, Sendable, CaseIterable {
    /// Independent arrivals, such as those of many users: the intervals are exponentially distributed.
    case poisson
    /// Equal intervals.
    case constant
}
