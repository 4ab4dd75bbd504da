import ProcessLimits
import Testing

struct FileDescriptorLimitTests {
    @Test
    func `raising the limit again returns the same limit`() {
        let limit = FileDescriptorLimit.raise(to: 1_024)
        #expect(limit >= 64)
        #expect(FileDescriptorLimit.raise(to: 1_024) == limit)
    }

    @Test
    func `the limit is never lowered`() {
        let limit = FileDescriptorLimit.raise()
        #expect(FileDescriptorLimit.raise(to: 1) == limit)
    }
}
