/// The progress of ``HaikuTable/backfillIndex(timeout:onProgress:)``.
package struct IndexBackfill: Equatable, Sendable {
    /// The number of items that were read.
    package internal(set) var scanned = 0
    /// The number of items to which the index attributes were added.
    package internal(set) var indexed = 0
    /// The number of indexed items whose `created_at` is missing or not a date. They come last in the list, in
    /// an order derived from their ids.
    package internal(set) var undated = 0
}
