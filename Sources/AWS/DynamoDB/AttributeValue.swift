/// The value of an attribute of an item (DynamoDB API Reference: AttributeValue).
public enum AttributeValue: Sendable, Hashable {
    /// A string.
    case s(String)
    /// A number in decimal digits, kept as they are: up to 38 significant ones.
    case n(String)
    /// Bytes.
    case b([UInt8])
    /// A truth value.
    case bool(Bool)
    /// Nothing.
    case null
    /// Values under names.
    case m([String: AttributeValue])
    /// A sequence of values.
    case l([AttributeValue])
    /// A set of strings.
    case ss([String])
    /// A set of numbers.
    case ns([String])
    /// A set of byte strings.
    case bs([[UInt8]])

    /// A whole number.
    public static func n(_ value: some BinaryInteger) -> AttributeValue { .n(String(value)) }

    /// The string, if it is one.
    public var string: String? { if case .s(let value) = self { value } else { nil } }
    /// The whole number, if it is one that fits.
    public var int: Int? { if case .n(let digits) = self { Int(digits) } else { nil } }
    /// The bytes, if it is a byte string.
    public var bytes: [UInt8]? { if case .b(let value) = self { value } else { nil } }
    /// The truth value, if it is one.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The values under their names, if it is a map.
    public var map: [String: AttributeValue]? { if case .m(let value) = self { value } else { nil } }
    /// The values in their order, if it is a list.
    public var list: [AttributeValue]? { if case .l(let value) = self { value } else { nil } }
}
