extension Hexadecimal {
    /// `count` random lower-case digits.
    package static func random(_ count: Int) -> String {
        String(unsafeUninitializedCapacity: count) { text in
            var random: UInt64 = 0
            for index in 0..<count {
                if index % 16 == 0 { random = .random(in: .min ... .max) }
                text[index] = digit(of: UInt8(random & 0xF))
                random >>= 4
            }
            return count
        }
    }
}
