/// Patterns in which `*` matches any number of characters and `?` matches one.
enum Wildcard {
    static func matches(_ text: String, pattern: String) -> Bool {
        let text = Array(text.utf8)
        let pattern = Array(pattern.utf8)
        var (position, patternPosition) = (0, 0)
        // Where to continue if the pattern after the last star does not match.
        var retry: (position: Int, patternPosition: Int)?
        while position < text.count {
            if patternPosition < pattern.count, pattern[patternPosition] == UInt8(ascii: "*") {
                retry = (position, patternPosition)
                patternPosition += 1
            } else if patternPosition < pattern.count,
                pattern[patternPosition] == text[position] || pattern[patternPosition] == UInt8(ascii: "?")
            {
                position += 1
                patternPosition += 1
            } else if let last = retry {
                retry = (last.position + 1, last.patternPosition)
                position = last.position + 1
                patternPosition = last.patternPosition + 1
            } else {
                return false
            }
        }
        return pattern[patternPosition...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
