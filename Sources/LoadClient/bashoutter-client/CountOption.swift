import ArgumentParser
import LoadClient

/// Validates options that are integers.
enum CountOption {
    static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
        guard !range.contains(value) else { return }
        let (low, high) = (NumberFormat.grouped(range.lowerBound), NumberFormat.grouped(range.upperBound))
        throw ValidationError("\(name) must be between \(low) and \(high); got \(value)")
    }
}
