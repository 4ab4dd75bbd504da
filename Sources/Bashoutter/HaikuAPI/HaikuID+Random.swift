public import Haiku

extension HaikuID {
    /// A new id from the system's random source.
    public static func random() -> HaikuID {
        var generator = SystemRandomNumberGenerator()
        return .random(using: &generator)
    }
}
