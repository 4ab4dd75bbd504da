/// The three lines of a haiku and the name of its poet, each known to be within the limits.
public struct Poem: Hashable, Sendable {
    /// The poet's name.
    public let username: String
    /// The first line.
    public let first: String
    /// The second line.
    public let second: String
    /// The third line.
    public let third: String

    /// Checks the four strings, in the order in which a form shows them, and keeps them exactly as they are.
    ///
    /// - Throws: ``PoemError`` for the first one that is empty or white space, too long, or holds a control character.
    public init(username: String, first: String, second: String, third: String) throws(PoemError) {
        self.username = try Field.username.check(username)
        self.first = try Field.first.check(first)
        self.second = try Field.second.check(second)
        self.third = try Field.third.check(third)
    }

    /// One of the four strings.
    public enum Field: String, CaseIterable, Sendable {
        /// The poet's name.
        case username
        /// The first line.
        case first
        /// The second line.
        case second
        /// The third line.
        case third

        /// How many Unicode scalars (the "characters" of OpenAPI's `maxLength`) the string may have.
        public var maximumLength: Int {
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
                if !scalar.properties.isWhitespace { isBlank = false }
            }
            if isBlank { throw PoemError(field: self, reason: .empty) }
            if length > maximumLength { throw PoemError(field: self, reason: .tooLong) }
            return text
        }
    }
}

/// Why a text cannot be part of a haiku.
public struct PoemError: Error, Equatable, Sendable {
    /// What is wrong with the string.
    public enum Reason: Equatable, Sendable {
        /// There is none.
        case missing
        /// What was sent is not a string.
        case notAString
        /// It is empty or holds nothing but white space (the Unicode property White_Space).
        case empty
        /// It has more Unicode scalars than ``Poem/Field/maximumLength``.
        case tooLong
        /// It holds a control character (Unicode's general category Cc), a line break for example.
        case controlCharacter
    }

    /// Which string.
    public let field: Poem.Field
    /// What is wrong with it.
    public let reason: Reason

    /// Says what is wrong with one of the four strings.
    public init(field: Poem.Field, reason: Reason) {
        self.field = field
        self.reason = reason
    }
}

extension PoemError: CustomStringConvertible {
    /// What is wrong, in words for the person who sent it: `username is empty`.
    public var description: String {
        switch reason {
        case .missing: "\(field.rawValue) is missing"
        case .notAString: "\(field.rawValue) is not a string"
        case .empty: "\(field.rawValue) is empty"
        case .tooLong: "\(field.rawValue) is longer than \(field.maximumLength) characters"
        case .controlCharacter: "\(field.rawValue) contains a control character"
        }
    }
}
