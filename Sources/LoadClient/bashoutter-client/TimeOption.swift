import ArgumentParser
import LoadClient

/// Parses the values of options that are durations.
enum TimeOption {
    static func any(_ text: String) throws -> Nanoseconds {
        guard let time = DurationParser.nanoseconds(in: text) else {
            throw ValidationError("'\(text)' is not a time; expected for example 500ms, 10s, 2m or 1h")
        }
        return time
    }

    static func positive(_ text: String) throws -> Nanoseconds {
        let time = try any(text)
        guard time >= 1_000_000 else { throw ValidationError("'\(text)' is too short; the minimum is 1ms") }
        return time
    }
}
