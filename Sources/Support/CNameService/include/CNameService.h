#ifndef CNAMESERVICE_H
#define CNAMESERVICE_H

/// Makes this process resolve host names from /etc/hosts and then DNS, whatever /etc/nsswitch.conf says. Call it before
/// the first lookup. Without effect unless the C library is glibc, the only one with name service modules.
void cnameservice_use_files_and_dns(void);

#endif
