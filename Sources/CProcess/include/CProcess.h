// What the command needs of the process that it runs in, and the Glibc module leaves out.
#ifndef CPROCESS_H
#define CPROCESS_H

/// Keeps memory that is let go of for later, instead of giving it back to the system, where the C library can be told so.
void process_keep_freed_memory(void);

/// For how many threads there is address space, each with a buffer of OpenBLAS's and a stack, at most so many as asked for;
/// INT_MAX where the space has no limit (`ulimit -v`, `-d`).
int process_threads_with_room(int most);

#endif
