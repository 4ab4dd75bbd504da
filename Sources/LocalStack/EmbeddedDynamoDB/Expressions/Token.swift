/// A token of the expression language.
enum Token: Equatable {
    case identifier(Substring)
    /// `#name`, including the sign.
    case name(Substring)
    /// `:value`, including the sign.
    case value(Substring)
    /// Digits.
    case index(Substring)
    /// `( ) [ ] , . + -` and the comparators.
    case symbol(String)
    /// A character that is not part of the language, or a `#` or `:` without a name.
    case invalid(Substring)
    case end
}
