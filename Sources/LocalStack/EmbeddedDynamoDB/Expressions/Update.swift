/// An update expression.
struct Update: Sendable {
    /// The right-hand side of an assignment in `SET`.
    indirect enum Operand: Sendable {
        case path(DocumentPath)
        case value(AttributeValue)
        case ifNotExists(DocumentPath, Operand)
        case listAppend(Operand, Operand)
        case sum(Operand, Operand)
        case difference(Operand, Operand)
    }

    enum Action: Sendable {
        case set(Operand)
        case remove
        case add(AttributeValue)
        case delete(AttributeValue)
    }

    typealias PathAction = (path: DocumentPath, action: Action)

    let actions: [PathAction]

    var paths: [DocumentPath] { actions.map(\.path) }

    /// Whether all actions are REMOVE or DELETE. Such an update does not create an item.
    var onlyRemoves: Bool {
        actions.allSatisfy { if case .set = $0.action { false } else if case .add = $0.action { false } else { true } }
    }

    private static let wrongType = ServiceError.validation(
        "An operand in the update expression has an incorrect data type"
    )
    static let tooLarge = ServiceError.validation("Item size to update has exceeded the maximum allowed size")
    private static let invalidPath = ServiceError.validation(
        "The document path provided in the update expression is invalid for update"
    )

    /// Returns the item after the update. All operands are evaluated against `item` as it was before the update.
    func apply(to item: AttributeMap) throws(ServiceError) -> AttributeMap {
        var changes: [(path: DocumentPath, value: AttributeValue?)] = []
        var size = 0
        for (path, action) in actions {
            let value = try Self.value(of: action, at: path, in: item)
            size += value?.size ?? 0
            // Thrown before an item with all the values is built: an expression can assign one large value many times.
            guard size <= AttributeMap.maximumItemSize else { throw Self.tooLarge }
            changes.append((path, value))
        }
        // Elements set beyond the end of a list are appended in the order of their indexes. Removals come last and in
        // descending order, so that each index refers to the same element as before the update.
        changes.sort { left, right in
            switch (left.value, right.value) {
            case (nil, nil): right.path.indexes.lexicographicallyPrecedes(left.path.indexes)
            case (_?, _?): left.path.indexes.lexicographicallyPrecedes(right.path.indexes)
            default: left.value != nil
            }
        }
        var root = AttributeValue.map(item)
        for (path, value) in changes { try Self.assign(value, to: &root, at: path.elements[...]) }
        guard case .map(let updated) = root else { return item }
        return updated
    }

    /// Returns the value of the attribute at `path` after the action; nil if it has none.
    private static func value(
        of action: Action,
        at path: DocumentPath,
        in item: AttributeMap
    ) throws(ServiceError) -> AttributeValue? {
        let old = path.value(in: item)
        switch action {
        case .set(let operand): return try value(of: operand, in: item)
        case .remove: return nil
        case .add(let operand):
            switch (old, operand) {
            case (nil, _): return operand
            case (.number(let left), .number(let right)): return try sum(left, right)
            case (.stringSet(let old), .stringSet(let new)): return .stringSet(Set(old).union(new).sorted())
            case (.numberSet(let old), .numberSet(let new)): return .numberSet(Set(old).union(new).sorted())
            case (.binarySet(let old), .binarySet(let new)):
                return .binarySet(Set(old).union(new).sorted { $0.lexicographicallyPrecedes($1) })
            default: throw wrongType
            }
        case .delete(let operand):
            switch (old, operand) {
            case (nil, _): return nil
            case (.stringSet(let old), .stringSet(let removed)): return difference(old, removed).map { .stringSet($0) }
            case (.numberSet(let old), .numberSet(let removed)): return difference(old, removed).map { .numberSet($0) }
            case (.binarySet(let old), .binarySet(let removed)): return difference(old, removed).map { .binarySet($0) }
            default: throw wrongType
            }
        }
    }

    /// Returns nil instead of an empty set, which DynamoDB does not store.
    private static func difference<Member: Hashable>(_ old: [Member], _ removed: [Member]) -> [Member]? {
        let removed = Set(removed)
        let members = old.filter { !removed.contains($0) }
        return members.isEmpty ? nil : members
    }

    private static func sum(_ left: Decimal, _ right: Decimal) throws(ServiceError) -> AttributeValue {
        do throws(Decimal.ParseError) {
            return .number(try Decimal.sum(left, right))
        } catch {
            throw .validation(error.message)
        }
    }

    private static func value(of operand: Operand, in item: AttributeMap) throws(ServiceError) -> AttributeValue {
        switch operand {
        case .value(let value): return value
        case .path(let path):
            guard let value = path.value(in: item) else {
                throw .validation("The provided expression refers to an attribute that does not exist in the item")
            }
            return value
        case .ifNotExists(let path, let fallback):
            if let value = path.value(in: item) { return value }
            return try value(of: fallback, in: item)
        case .listAppend(let first, let second):
            let operands = (try value(of: first, in: item), try value(of: second, in: item))
            guard case (.list(let first), .list(let second)) = operands else { throw wrongType }
            // Each element counts as at least one byte. Nested calls would otherwise build a list of any length.
            guard first.count + second.count <= AttributeMap.maximumItemSize else { throw tooLarge }
            return .list(first + second)
        case .sum(let left, let right), .difference(let left, let right):
            let operands = (try value(of: left, in: item), try value(of: right, in: item))
            guard case (.number(let first), .number(let second)) = operands else { throw wrongType }
            if case .sum = operand { return try sum(first, second) }
            return try sum(first, -second)
        }
    }

    /// Assigns `new`, or removes what is there if `new` is nil.
    private static func assign(
        _ new: AttributeValue?,
        to value: inout AttributeValue,
        at steps: ArraySlice<DocumentPath.Element>
    ) throws(ServiceError) {
        let isLast = steps.count == 1
        // `value` is emptied while its content changes: a second reference would make each change copy the content.
        switch (steps.first, value) {
        case (.name(let name), .map(var map)):
            value = .null
            if isLast {
                map[name] = new
            } else {
                guard var child = map[name] else { throw invalidPath }
                map[name] = .null
                try assign(new, to: &child, at: steps.dropFirst())
                map[name] = child
            }
            value = .map(map)
        case (.index(let index), .list(var list)):
            value = .null
            if index < list.count {
                if !isLast {
                    try assign(new, to: &list[index], at: steps.dropFirst())
                } else if let new {
                    list[index] = new
                } else {
                    list.remove(at: index)
                }
            } else {
                guard isLast else { throw invalidPath }
                if let new { list.append(new) }
            }
            value = .list(list)
        default: throw invalidPath
        }
    }
}

extension DocumentPath {
    /// For each step, the index of the list element; 0 for a name.
    fileprivate var indexes: [Int] {
        steps.map { if case .index(let index) = $0 { index } else { 0 } }
    }
}
