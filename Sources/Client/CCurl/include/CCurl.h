#ifndef BASHOUTTER_CCURL_H
#define BASHOUTTER_CCURL_H
// libcurl's variadic calls, which Swift cannot import, with the argument types spelled out.
#include <curl/curl.h>
#endif
