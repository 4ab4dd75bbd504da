package import Haiku

extension HaikuID {
    package static func random() -> HaikuID {
        var generator = SystemRandomNumberGenerator()
        return .random(using: &generator)
    }
}
