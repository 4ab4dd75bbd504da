import Foundation
import JSON

extension JSONWriter {
    /// Writes a stored item, or the projected parts of it. The whole item and whole attributes are copied without
    /// decoding their values.
    mutating func item(_ json: UnsafeRawBufferPointer, _ projection: Projection?) throws {
        guard let projection else { return raw(json) }
        if let names = projection.wholeAttributes {
            wholeAttributes(named: names, of: json)
        } else {
            attributes(projection.apply(to: try AttributeReader.readStored(json)))
        }
    }

    mutating func item(_ json: [UInt8], _ projection: Projection?) throws {
        try json.withUnsafeBytes { try item($0, projection) }
    }

    /// Copies adjacent projected attributes in one piece.
    private mutating func wholeAttributes(named names: [[UInt8]], of json: UnsafeRawBufferPointer) {
        object { writer in
            var run: Range<Int>?
            func writeRun() {
                if let run { writer.raw(UnsafeRawBufferPointer(rebasing: json[run])) }
                run = nil
            }
            var (start, next) = (1, 0)
            while start + 1 < json.count, json[start] == UInt8(ascii: "\"") {
                let endOfName = json.endOfString(at: start)
                let name = start + 1..<endOfName - 1
                let end = json.endOfValue(at: endOfName + 1)
                // Both are sorted, so that it is usually the name after the last that was found.
                let isNext = next < names.count && json.has(names[next], in: name)
                if let index = isNext ? next : names.firstIndex(where: { json.has($0, in: name) }) {
                    next = index + 1
                    run = (run?.lowerBound ?? start)..<end
                } else {
                    writeRun()
                }
                start = end + 1
            }
            writeRun()
        }
    }
}

/// Finds the ends of values in the JSON of ``AttributeMap/json``, which is valid and has no white space.
extension UnsafeRawBufferPointer {
    fileprivate func has(_ bytes: [UInt8], in range: Range<Int>) -> Bool {
        guard let baseAddress, range.count == bytes.count else { return false }
        return memcmp(baseAddress + range.lowerBound, bytes, bytes.count) == 0
    }

    /// The end of an attribute's value, such as `{"S":"text"}`.
    fileprivate func endOfValue(at start: Int) -> Int {
        // Most descriptors have one letter.
        let isShort = start + 3 < count && self[start + 3] == UInt8(ascii: "\"")
        var (offset, depth) = isShort ? (start + 4, 1) : (start, 0)
        repeat {
            guard offset < count else { return count }
            switch self[offset] {
            case UInt8(ascii: "\""): offset = endOfString(at: offset) - 1
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"): depth -= 1
            default: break
            }
            offset += 1
        } while depth > 0
        return offset
    }

    fileprivate func endOfString(at start: Int) -> Int {
        guard let baseAddress else { return 0 }
        var (offset, backslashes) = (start, 0)
        repeat {
            offset += 1
            guard offset < count,
                let end = memchr(baseAddress + offset, Int32(UInt8(ascii: "\"")), count - offset)
            else { return count }
            offset = UnsafeRawPointer(end) - baseAddress
            backslashes = 0
            while self[offset - 1 - backslashes] == UInt8(ascii: "\\") { backslashes += 1 }
            // An odd number of backslashes escapes the quotation mark.
        } while backslashes % 2 == 1
        return offset + 1
    }
}
