public import Haiku

// What can be done with the haiku, one protocol for each operation, so that a function can do only what it is given.
//
// Every operation takes the moment by which it must have ended, and throws HaikuRepositoryError.

/// Lists haiku, newest first.
public protocol HaikuLister: Sendable {
    /// The page of the list that begins at `cursor`, or at the newest haiku when there is none.
    ///
    /// - Parameters:
    ///   - limit: How many haiku to list at most; nil for as many as fit in 1 MiB of JSON.
    ///   - cursor: Where an earlier page said that the next one begins.
    ///   - deadline: When the operation must have ended.
    func page(limit: Int?, from cursor: Cursor?, deadline: ContinuousClock.Instant) async throws -> HaikuPage
}

/// Finds one haiku.
public protocol HaikuFinder: Sendable {
    /// The haiku as JSON (UTF-8, an object with the seven keys of the API), read consistently; nil when there is none.
    func json(of id: HaikuID, deadline: ContinuousClock.Instant) async throws -> [UInt8]?
}

/// Adds haiku.
public protocol HaikuAdder: Sendable {
    /// Adds `haiku` unless there is one with its id already.
    func add(_ haiku: Haiku, deadline: ContinuousClock.Instant) async throws -> HaikuAddition
}

/// Likes haiku.
public protocol HaikuLiker: Sendable {
    /// Counts one more like and returns how many there are; nil when there is no such haiku.
    ///
    /// - Parameters:
    ///   - id: The haiku.
    ///   - requestID: Names the like: repeating the call under the same name at once counts nothing more.
    ///   - deadline: When the operation must have ended.
    func like(_ id: HaikuID, requestID: String, deadline: ContinuousClock.Instant) async throws -> Int?
}

/// Removes haiku.
public protocol HaikuRemover: Sendable {
    /// Removes the haiku if it is there.
    func remove(_ id: HaikuID, deadline: ContinuousClock.Instant) async throws
}

/// A page of the list.
public struct HaikuPage: Equatable, Sendable {
    /// A JSON array (UTF-8) of objects with the seven keys of the API.
    public let json: [UInt8]
    /// Where the next page begins; nil when this is the last.
    public let next: Cursor?

    /// A page made of its parts.
    public init(json: [UInt8], next: Cursor?) {
        self.json = json
        self.next = next
    }
}

/// What became of adding a haiku.
public enum HaikuAddition: Equatable, Sendable {
    /// It is stored now.
    case added
    /// There is one with its id already, which stays as it is.
    case alreadyExists
}

/// Why an operation on the haiku failed.
public enum HaikuRepositoryError: Error, Equatable, Sendable {
    /// The database takes no more for now.
    case throttled
    /// The database did not answer in time, or could not be reached; the text, for the log, says why.
    case unavailable(String)
    /// The database refused the request or answered something else than was asked; the text, for the log, says what.
    case failed(String)
}
