/// A token of the expression language.
enum Token: Equatable {
    case identifier(String)
    /// `#name`, including the sign.
    case name(String)
    /// `:value`, including the sign.
    case value(String)
    /// Digits.
    case index(String)
    /// `( ) [ ] , . + -` and the comparators.
    case symbol(String)
    /// A character that is not part of the language, or a `#` or `:` without a name.
    case invalid(String)
    case end
}
