package import Haiku
package import JSON

// The operations on haiku, one protocol for each, so that a function can do only what it needs.
//
// Every operation throws HaikuRepositoryError, and takes the deadline by which it returns or throws.

package protocol HaikuLister: Sendable {
    /// Lists haiku, newest first.
    ///
    /// - Parameters:
    ///   - limit: The maximum number of haiku; nil for no maximum. In any case, a page ends at 1 MiB of JSON.
    ///   - cursor: The ``HaikuPage/nextCursor`` of the page before; nil for the first page.
    func page(limit: Int?, from cursor: Cursor?, deadline: ContinuousClock.Instant) async throws -> HaikuPage
}

package protocol HaikuFinder: Sendable {
    /// Reads one haiku, with strong consistency.
    ///
    /// - Returns: The haiku as JSON (UTF-8, an object with the seven keys of the API), or nil if there is none.
    func json(of id: HaikuID, deadline: ContinuousClock.Instant) async throws -> [UInt8]?
}

package protocol HaikuAdder: Sendable {
    /// Adds `haiku` unless one with its id exists.
    func add(_ haiku: Haiku, deadline: ContinuousClock.Instant) async throws -> HaikuAddition
}

package protocol HaikuLiker: Sendable {
    /// Adds one like.
    ///
    /// - Parameter mark: Identifies the like: repeating the call with the same mark adds nothing, as long as it is among
    ///   the last ``HaikuTable/rememberedLikes`` likes of the haiku.
    /// - Returns: The number of likes as it is stored, or nil if there is no such haiku.
    /// - Throws: ``HaikuRepositoryError/conflict(_:)`` if `likes` is not a number, or if it or the item has the maximum size.
    func like(_ id: HaikuID, mark: LikeMark, deadline: ContinuousClock.Instant) async throws -> JSONNumber?
}

package protocol HaikuRemover: Sendable {
    /// Removes the haiku if it exists.
    func remove(_ id: HaikuID, deadline: ContinuousClock.Instant) async throws
}
