// SHA-256 through OpenSSL's low-level calls: they link 25 KB into a static executable, the EVP ones 3.7 MB.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
