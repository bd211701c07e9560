// What the command needs of the process that it runs in, and the Glibc module leaves out.
#ifndef CPROCESS_H
#define CPROCESS_H

/// Keeps memory that is let go of for later, instead of giving it back to the system, where the C library can be told
/// so.
void process_keep_freed_memory(void);

/// For how many threads there is address space, each with a buffer of OpenBLAS's and a stack, at most so many as asked
/// for; INT_MAX where the space has no limit (`ulimit -v`, `-d`). Where it has one, all threads then share one arena of
/// malloc's, and an abort, which is how Swift ends where memory cannot be had, prints a line about the limit and exits
/// with 1.
int process_threads_with_room(int most);

/// On how many cores the process may run: as many as `taskset` and MPI launchers leave it; INT_MAX where the system does
/// not tell.
int process_allowed_cores(void);

#endif
