/// A condition, filter or key condition expression.
indirect enum Condition: Sendable {
    enum Comparator: String, Sendable {
        case equal = "="
        case notEqual = "<>"
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    case and(Condition, Condition)
    case or(Condition, Condition)
    case not(Condition)
    case comparison(Operand, Comparator, Operand)
    case between(Operand, Operand, Operand)
    case isIn(Operand, [Operand])
    case attributeExists(DocumentPath)
    case attributeNotExists(DocumentPath)
    case attributeType(Operand, AttributeValue.Kind)
    case beginsWith(Operand, Operand)
    case contains(Operand, Operand)
}

extension AttributeValue {
    func begins(with prefix: AttributeValue) -> Bool {
        switch (self, prefix) {
        case (.string(let text), .string(let prefix)): text.utf8.starts(with: prefix.utf8)
        case (.binary(let bytes), .binary(let prefix)): bytes.starts(with: prefix)
        default: false
        }
    }

    fileprivate func contains(_ part: AttributeValue) -> Bool {
        switch (self, part) {
        case (.string(let text), .string(let part)):
            text.withUTF8 { text in part.withUTF8 { text.contains(run: $0) } }
        case (.binary(let bytes), .binary(let part)):
            bytes.withUnsafeBytes { bytes in part.withUnsafeBytes { bytes.contains(run: $0) } }
        case (.stringSet(let members), .string(let member)): members.contains(member)
        case (.numberSet(let members), .number(let member)): members.contains(member)
        case (.binarySet(let members), .binary(let member)): members.contains(member)
        case (.list(let elements), _): elements.contains(part)
        default: false
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Takes linear time (Knuth–Morris–Pratt): clients choose both strings.
    fileprivate func contains(run: UnsafeRawBufferPointer) -> Bool {
        guard !run.isEmpty else { return true }
        guard run.count <= count else { return false }
        // For each prefix of `run`, the length of the longest proper prefix that is also its suffix.
        var borders = [Int](repeating: 0, count: run.count)
        var matched = 0
        for index in run.indices.dropFirst() {
            while matched > 0, run[index] != run[matched] { matched = borders[matched - 1] }
            if run[index] == run[matched] { matched += 1 }
            borders[index] = matched
        }
        matched = 0
        for byte in self {
            while matched > 0, byte != run[matched] { matched = borders[matched - 1] }
            if byte == run[matched] { matched += 1 }
            if matched == run.count { return true }
        }
        return false
    }
}

extension Condition {
    /// Evaluates the condition for `item`, which is empty for an item that does not exist.
    func holds(for item: AttributeMap) -> Bool {
        switch self {
        case .and(let left, let right): return left.holds(for: item) && right.holds(for: item)
        case .or(let left, let right): return left.holds(for: item) || right.holds(for: item)
        case .not(let condition): return !condition.holds(for: item)
        case .comparison(let left, let comparator, let right):
            return comparator.holds(left.value(in: item), right.value(in: item))
        case .between(let operand, let low, let high):
            let value = operand.value(in: item)
            return Comparator.greaterOrEqual.holds(value, low.value(in: item))
                && Comparator.lessOrEqual.holds(value, high.value(in: item))
        case .isIn(let operand, let candidates):
            guard let value = operand.value(in: item) else { return false }
            var compared: Set<UnsafeRawPointer> = []
            return candidates.contains { candidate in
                guard let other = candidate.value(in: item), other.kind == value.kind else { return false }
                // A large value is compared once, even if the expression names it a hundred times.
                if let storage = other.storage, !compared.insert(storage).inserted { return false }
                return other == value
            }
        case .attributeExists(let path): return path.value(in: item) != nil
        case .attributeNotExists(let path): return path.value(in: item) == nil
        case .attributeType(let operand, let kind): return operand.value(in: item)?.kind == kind
        case .beginsWith(let operand, let prefix):
            guard let value = operand.value(in: item), let prefix = prefix.value(in: item) else { return false }
            return value.begins(with: prefix)
        case .contains(let operand, let part):
            guard let value = operand.value(in: item), let part = part.value(in: item) else { return false }
            return value.contains(part)
        }
    }

    /// The document paths that the condition refers to.
    var paths: [DocumentPath] {
        switch self {
        case .and(let left, let right), .or(let left, let right): left.paths + right.paths
        case .not(let condition): condition.paths
        case .comparison(let left, _, let right), .beginsWith(let left, let right), .contains(let left, let right):
            [left, right].flatMap(\.paths)
        case .between(let operand, let low, let high): [operand, low, high].flatMap(\.paths)
        case .isIn(let operand, let candidates): operand.paths + candidates.flatMap(\.paths)
        case .attributeExists(let path), .attributeNotExists(let path): [path]
        case .attributeType(let operand, _): operand.paths
        }
    }
}

extension Condition.Comparator {
    /// Values of different types are unequal and have no order. A missing value is unequal to every other.
    fileprivate func holds(_ left: AttributeValue?, _ right: AttributeValue?) -> Bool {
        guard let left, let right else { return self == .notEqual }
        switch self {
        case .equal: return left == right
        case .notEqual: return left != right
        case .less: return AttributeValue.isLess(left, right) == true
        case .greater: return AttributeValue.isLess(right, left) == true
        case .lessOrEqual: return AttributeValue.isLess(right, left) == false
        case .greaterOrEqual: return AttributeValue.isLess(left, right) == false
        }
    }
}
