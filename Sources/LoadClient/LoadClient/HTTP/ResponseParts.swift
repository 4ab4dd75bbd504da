/// The parts of a response to keep in addition to its status and its times.
package struct ResponseParts: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let body = ResponseParts(rawValue: 1)
    /// `Location` and `Link`.
    package static let headers = ResponseParts(rawValue: 2)
}
