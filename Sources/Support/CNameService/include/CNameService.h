#ifndef CNAMESERVICE_H
#define CNAMESERVICE_H

/// Makes this process resolve host names from /etc/hosts and then DNS, whatever /etc/nsswitch.conf says. Call it before
/// the first lookup. Has no effect with C libraries other than glibc. A static executable needs it, because it cannot load
/// the modules that nsswitch.conf may name.
void cnameservice_use_files_and_dns(void);

#endif
