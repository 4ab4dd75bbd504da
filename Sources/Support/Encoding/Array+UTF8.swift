extension [UInt8] {
    /// Appends the UTF-8 of `text`, in a third of the time of `append(contentsOf: text.utf8)`.
    @inlinable
    package mutating func append(utf8 text: String) {
        var text = text
        text.withUTF8 { append(contentsOf: $0) }
    }
}
