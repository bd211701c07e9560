#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

#include <stdint.h>

// Number of calls of malloc and its kin in this process so far; -1 where they cannot be counted.
int64_t allocations_so_far(void);

// Gives memory that was freed back to the system, where that can be asked for.
void release_free_memory(void);

#endif
