/// A segment of a parallel Scan: the partitions whose hash is in one of `total` equal ranges.
struct ScanSegment {
    let number: Int
    let total: Int

    init(_ request: ItemRequest) throws(ServiceError) {
        switch (request.numbers[.segment], request.numbers[.totalSegments]) {
        case (nil, nil): (number, total) = (0, 1)
        case (_?, nil):
            throw .validation(
                "The TotalSegments parameter is required but was not present in the request when Segment parameter "
                    + "is present"
            )
        case (nil, _?):
            throw .validation(
                "The Segment parameter is required but was not present in the request when parameter TotalSegments "
                    + "is present"
            )
        case (let number?, let total?):
            guard number < total else {
                throw .validation(
                    "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
                        + "Segment: \(number) is not less than TotalSegments: \(total)"
                )
            }
            (self.number, self.total) = (number, total)
        }
    }

    var range: StorageKeyRange { StorageKeyRange(lower: start(of: number), upper: start(of: number + 1)) }

    func contains(_ key: StorageKey) -> Bool {
        !key.partition.lexicographicallyPrecedes(range.lower.partition)
            && key.partition.lexicographicallyPrecedes(range.upper.partition)
    }

    private func start(of number: Int) -> StorageKey {
        guard number < total else { return .end }
        return StorageKey(partition: StorageKey.prefix(ofHash: UInt32((UInt64(number) << 32) / UInt64(total))))
    }
}
