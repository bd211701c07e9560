// zlib, with the one function that it has as a macro only.
#ifndef CZLIB_SHIM_H
#define CZLIB_SHIM_H

#if !__has_include(<zlib.h>)
#error "zlib.h is missing. Debian, Ubuntu: apt-get install zlib1g-dev. macOS: brew install zlib. See README.md, 'If it does not build'."
#else
#include <zlib.h>

/// Begins to inflate data in gzip's format.
static inline int czlib_inflate_gzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
#endif

#endif
