package protocol MonotonicClock {
    /// Nanoseconds since an unspecified instant; never less than an earlier result.
    func now() -> Nanoseconds
}
