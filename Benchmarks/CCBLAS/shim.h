// CBLAS without the package, to measure a routine alone.
#include <cblas.h>
