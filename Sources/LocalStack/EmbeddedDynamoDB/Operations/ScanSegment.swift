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

    var range: StorageKeyRange {
        StorageKeyRange(
            partition: nil,
            lower: .init(partition: start(of: number)),
            upper: number + 1 < total ? .init(partition: start(of: number + 1)) : nil
        )
    }

    func contains(_ key: StorageKey) -> Bool {
        !key.partition.lexicographicallyPrecedes(start(of: number))
            && (number + 1 == total || key.partition.lexicographicallyPrecedes(start(of: number + 1)))
    }

    private func start(of number: Int) -> [UInt8] {
        StorageKey.prefix(ofHash: UInt32((UInt64(number) << 32) / UInt64(total)))
    }
}
