// Swift's Glibc module does not export this header.
#include <malloc.h>
