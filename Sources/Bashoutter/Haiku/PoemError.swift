/// Why a text cannot be part of a haiku.
package struct PoemError: Error, Equatable, Sendable {
    package enum Reason: Equatable, Sendable {
        case missing
        case notAString
        /// The string is empty or consists of white space (the Unicode property White_Space).
        case empty
        /// The string has more Unicode scalars than ``Poem/Field/maximumLength``.
        case tooLong
        /// The string contains a control character (Unicode's general category Cc), such as a line break.
        case controlCharacter
    }

    package let field: Poem.Field
    package let reason: Reason

    package init(field: Poem.Field, reason: Reason) {
        self.field = field
        self.reason = reason
    }
}

extension PoemError: CustomStringConvertible {
    /// A message for the author, in the textbook's wording: `username is empty`.
    package var description: String {
        switch reason {
        case .missing: "\(field.rawValue) is missing"
        case .notAString: "\(field.rawValue) is not a string"
        case .empty: "\(field.rawValue) is empty"
        case .tooLong: "\(field.rawValue) is longer than \(field.maximumLength) characters"
        case .controlCharacter: "\(field.rawValue) contains a control character"
        }
    }
}
