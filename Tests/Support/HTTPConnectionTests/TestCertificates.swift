import Foundation

/// Test certificates, valid until 2126: a root, a certificate for localhost that it signed, and an unrelated root.
enum TestCertificates {
    static let root = """
        -----BEGIN CERTIFICATE-----
        MIIBkDCCATWgAwIBAgIUeupVLdjf477HTefdDuPu9mmFExYwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJVGVzdCByb290MCAXDTI2MTEyMTAxNDk1MVoYDzIxMjYxMDI4
        MDE0OTUxWjAUMRIwEAYDVQQDDAlUZXN0IHJvb3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAAQpUvLFQnLQXdbZvSihCtOv/4bdtFxTSRPHLtT9U161iujEn8JvTA67
        Tyyhd4nX1G+jTWYWa2eFDaKOkUlXcuiQo2MwYTAdBgNVHQ4EFgQUpyGC9G1cubJO
        QxtV5hEpcNZ5RdMwHwYDVR0jBBgwFoAUpyGC9G1cubJOQxtV5hEpcNZ5RdMwDwYD
        VR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQwCgYIKoZIzj0EAwIDSQAwRgIh
        AJ7S154XMJ/JObQU6kS80sNTlRTfLgUtbojmn9AW1lMuAiEAjzhUq097Nn+Y1nre
        MRe3mHNZwzmOXk5EJt55DE5vfNM=
        -----END CERTIFICATE-----
        """

    static let otherRoot = """
        -----BEGIN CERTIFICATE-----
        MIIBgTCCASegAwIBAgIUTHf0YEPPhkCFueVG4Z1FwUU0Z+8wCgYIKoZIzj0EAwIw
        FTETMBEGA1UEAwwKT3RoZXIgcm9vdDAgFw0yNjExMjEwMTQ5NTFaGA8yMTI2MTAy
        ODAxNDk1MVowFTETMBEGA1UEAwwKT3RoZXIgcm9vdDBZMBMGByqGSM49AgEGCCqG
        SM49AwEHA0IABK5J0RsN5bg35iYfaPHoGLVkpsTMpTOUZYH7Bm0mI9VeVLgJcRC5
        V/4jZl5PuM8Zc1GF8qbERKqEo/QO14EKBH2jUzBRMB0GA1UdDgQWBBSTCE3qIRTD
        FANJbN0VJRx0IU3yIjAfBgNVHSMEGDAWgBSTCE3qIRTDFANJbN0VJRx0IU3yIjAP
        BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQCd6jU9YrFPg4guEdFp
        Po2CdhGq3GfZkKrxpIcM2Bp3VwIgSMAjzjswTrg6DuFB4iWuc5HuB0kYoumiAscK
        FplAqGs=
        -----END CERTIFICATE-----
        """

    static let server = """
        -----BEGIN CERTIFICATE-----
        MIIBmTCCAT+gAwIBAgIUadtlao3FBstDwvPKyK6X8pHDcEEwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJVGVzdCByb290MCAXDTI2MTEyMTAyMDUyOFoYDzIxMjYxMDI4
        MDIwNTI4WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAASGfopVyKbSBHCXotfMz0hvugb8Nch19XGWksIPBwD4K3uTrhW8eEcV
        sq/vqcspS2QQDBfzfxKtYARE1lYbeWUGo20wazAUBgNVHREEDTALgglsb2NhbGhv
        c3QwEwYDVR0lBAwwCgYIKwYBBQUHAwEwHQYDVR0OBBYEFM+XREG0TGGgy9kUHBlc
        9d6mYgokMB8GA1UdIwQYMBaAFKchgvRtXLmyTkMbVeYRKXDWeUXTMAoGCCqGSM49
        BAMCA0gAMEUCIQCxqscDzQ0E9Dxq5zz53aIboZn9Xey9pE7Nbl2Peo2vtgIgGR/f
        CInmKvBQnTZzebZ63Avp04os7MK4tFCwXYHrdQA=
        -----END CERTIFICATE-----
        """

    static let serverKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgH7B0H600BhY9qSuC
        pJT1LewNjYElF2/uZMOwcn6PzUOhRANCAASGfopVyKbSBHCXotfMz0hvugb8Nch1
        9XGWksIPBwD4K3uTrhW8eEcVsq/vqcspS2QQDBfzfxKtYARE1lYbeWUG
        -----END PRIVATE KEY-----
        """

    /// Writes `pem` to a temporary file, which is removed after `body`.
    static func withFile<T>(of pem: String, body: (String) async throws -> T) async throws -> T {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).pem")
        try pem.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        return try await body(file.path)
    }
}
