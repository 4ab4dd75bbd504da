// OpenSSL's low-level SHA-256 functions add 25 KB to a static executable, the EVP functions 3.7 MB.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
