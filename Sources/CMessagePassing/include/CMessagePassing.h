// Messages between processes by an MPI library that is loaded at run time: the same program serves Open MPI and MPICH
// and those with the ABI of either, and starts where there is none.
//
// A function that can fail returns NULL, or a text that says why, which stays until the thread's next call. One thread
// of the process makes all calls, from message_passing_start on: MPI is asked for MPI_THREAD_FUNNELED.
#ifndef CMESSAGEPASSING_H
#define CMESSAGEPASSING_H

/// Loads an MPI library: a path, or a name that the dynamic linker finds. Where this fails another can be tried.
const char *message_passing_load(const char *file);

/// MPI_Init_thread of the library that has been loaded; this process's rank in MPI_COMM_WORLD, and how many there are.
const char *message_passing_start(int *rank, int *size);

/// Sends bytes (MPI_Send). Returns once they can be overwritten: if there are more than some KiB, the receiver has then
/// begun to receive, and a core is kept busy until it has.
const char *message_passing_send(const void *bytes, int count, int rank, int tag);

/// Receives the next message of a rank with a tag, of at most so many bytes (MPI_Iprobe until it is there, MPI_Recv);
/// its size is *count.
///
/// Waiting leaves the core to others: MPI's own functions that wait would keep it busy, and other ranks may compute
/// there. After some 200 looks, between which others may run, the thread sleeps between looks, 10 µs at first and then
/// twice as long each time, up to 1 ms.
const char *message_passing_receive(void *bytes, int most, int rank, int tag, int *count);

/// MPI_Finalize, which may wait for the other ranks to call it too.
const char *message_passing_finish(void);

/// MPI_Abort: the launcher ends the processes of all ranks.
_Noreturn void message_passing_abort(int status);

#endif
