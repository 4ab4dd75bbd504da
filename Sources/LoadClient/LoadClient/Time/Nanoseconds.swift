/// A duration, or an instant of a ``MonotonicClock``, in nanoseconds.
package typealias Nanoseconds = UInt64

extension Nanoseconds {
    package var seconds: Double { Double(self) / 1e9 }
    var milliseconds: Double { Double(self) / 1e6 }
}
