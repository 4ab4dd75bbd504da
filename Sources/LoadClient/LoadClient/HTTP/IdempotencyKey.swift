/// The value of an `Idempotency-Key` header: 32 hexadecimal digits. The API processes requests with the same key once.
package struct IdempotencyKey: Hashable, Sendable {
    static let length = 32

    let run: UInt64
    let number: UInt64

    /// Writes the digits to `buffer`, which has at least ``length`` bytes.
    func write(to buffer: UnsafeMutablePointer<CChar>) {
        for (offset, half) in [(0, run), (16, number)] {
            for digit in 0..<16 {
                let nibble = UInt8(truncatingIfNeeded: half >> UInt64(60 - 4 * digit)) & 15
                buffer[offset + digit] = CChar(nibble < 10 ? 48 + nibble : 87 + nibble)
            }
        }
    }
}

/// Generates keys that are distinct within a run.
package struct IdempotencyKeys: Sendable {
    private let run: UInt64
    private var number: UInt64

    /// - Parameters:
    ///   - run: A random number. Two runs against the same API must not share it.
    ///   - worker: The worker's index, less than 65,536.
    package init(run: UInt64, worker: Int = 0) {
        self.run = run
        number = UInt64(worker) << 48
    }

    package mutating func next() -> IdempotencyKey {
        number += 1
        return IdempotencyKey(run: run, number: number)
    }
}
