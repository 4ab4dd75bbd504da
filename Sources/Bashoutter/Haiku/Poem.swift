/// The three lines of a haiku and the name of its author, each validated against ``Field``'s limits.
package struct Poem: Hashable, Sendable {
    package let username: String
    package let first: String
    package let second: String
    package let third: String

    /// Validates the four strings, in the order in which a form shows them, and stores them unchanged.
    ///
    /// - Throws: ``PoemError`` for the first string that is blank, is too long, or contains a control character.
    package init(username: String, first: String, second: String, third: String) throws(PoemError) {
        self.username = try Field.username.check(username)
        self.first = try Field.first.check(first)
        self.second = try Field.second.check(second)
        self.third = try Field.third.check(third)
    }

    package enum Field: String, CaseIterable, Sendable {
        case username, first, second, third

        /// The maximum number of Unicode scalars (the "characters" of OpenAPI's `maxLength`).
        package var maximumLength: Int {
            self == .username ? 50 : 100
        }

        func check(_ text: String) throws(PoemError) -> String {
            var length = 0
            var isBlank = true
            for scalar in text.unicodeScalars {
                length += 1
                // General category Cc is exactly these two ranges (Unicode Standard, section 23.1).
                if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
                    throw PoemError(field: self, reason: .controlCharacter)
                }
                if isBlank, !scalar.properties.isWhitespace { isBlank = false }
            }
            if isBlank { throw PoemError(field: self, reason: .empty) }
            if length > maximumLength { throw PoemError(field: self, reason: .tooLong) }
            return text
        }
    }
}
