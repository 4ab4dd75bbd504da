/// The outcome of adding a haiku.
package enum HaikuAddition: Equatable, Sendable {
    case added
    /// A haiku with the id exists. It was not changed.
    case alreadyExists
}
