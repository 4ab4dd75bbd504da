/// Request IDs in the service's format: 52 capital letters and digits.
enum RequestID {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345".utf8)

    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        var (id, bits, left): ([UInt8], UInt64, Int) = ([], 0, 0)
        while id.count < 52 {
            if left < 5 { (bits, left) = (generator.next(), 64) }
            id.append(alphabet[Int(bits & 31)])
            (bits, left) = (bits >> 5, left - 5)
        }
        return String(decoding: id, as: UTF8.self)
    }
}
