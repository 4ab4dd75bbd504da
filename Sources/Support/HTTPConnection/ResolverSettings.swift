import CNameService

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Settings of the C library's resolver, which apply to the whole process.
package enum ResolverSettings {
    /// Configures the resolver for a static executable in Lambda. Call it before the process starts threads or resolves a
    /// name.
    ///
    /// - Names are resolved from `/etc/hosts` and then DNS. A static glibc would load the other modules that
    ///   `/etc/nsswitch.conf` may list, and with them the system's own `libc.so.6`, which must have the version that was
    ///   used for linking (the linker's warning about `getaddrinfo`).
    /// - A DNS query without a response is sent again after 1 s instead of 5 s, and 5 times in all, the most that glibc
    ///   allows (resolv.conf(5)). `RES_OPTIONS` in the environment takes precedence.
    package static func applyForStaticExecutables() {
        cnameservice_use_files_and_dns()
        setenv("RES_OPTIONS", "timeout:1 attempts:5", 0)
    }
}
