#include "CNameService.h"

#include <features.h>

#ifdef __GLIBC__
// Swift's Glibc module does not export this header.
#include <nss.h>
#endif

void cnameservice_use_files_and_dns(void) {
#ifdef __GLIBC__
    __nss_configure_lookup("hosts", "files dns");
#endif
}
