/// Source: "Supported data types and naming rules in Amazon DynamoDB".
enum NamingRules {
    /// The service's message for an invalid attribute name; nil if the name is valid.
    static func problem(withAttributeName name: String) -> String? {
        if name.isEmpty { return "One or more parameter values were invalid: Empty attribute name" }
        guard name.utf8.count > 65535 else { return nil }
        return "One or more parameter values were invalid: Attribute name is too large, must be less than 65536 bytes"
    }

    /// Whether `name` follows `[a-zA-Z0-9_.-]+`.
    static func isWellFormed(_ name: String) -> Bool { isWellFormed(name.utf8) }

    static func isWellFormed(_ name: some Collection<UInt8>) -> Bool {
        !name.isEmpty
            && name.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
