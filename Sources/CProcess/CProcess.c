// For sched_getaffinity.
#define _GNU_SOURCE
#include "CProcess.h"

#include <limits.h>
#if defined(__linux__)
#include <sched.h>
#endif
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

void process_keep_freed_memory(void) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that glibc takes
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 16 << 20);
#endif
}

static void say_that_space_is_used_up(int number) {
  static const char text[] = "ended, for the address space that is allowed (ulimit -v) seems to be used up; raise the limit\n";
  _exit(write(STDERR_FILENO, text, sizeof text - 1) < 0 ? number : 1);
}

int process_threads_with_room(int most) {
  struct rlimit space, data;
  if (getrlimit(RLIMIT_AS, &space) != 0 || getrlimit(RLIMIT_DATA, &data) != 0) return INT_MAX;
  if (space.rlim_cur == RLIM_INFINITY && data.rlim_cur == RLIM_INFINITY) return INT_MAX;
  // Where memory cannot be had Swift aborts.
  signal(SIGABRT, say_that_space_is_used_up);
#if defined(__GLIBC__)
  mallopt(M_ARENA_MAX, 1);  // each thread's own would take 64 MiB of the space
  mallopt(M_TOP_PAD, 1 << 20);
#endif
  // A buffer of OpenBLAS 0.3.21 has 128 MiB on x86-64, whatever is multiplied; where it cannot have one it tries for
  // ever.
  const size_t buffer = (size_t)128 << 20, stacks = (size_t)16 << 20, rest = (size_t)24 << 20;
  for (int threads = most; threads > 0; threads--) {
    const size_t size = (size_t)threads * (buffer + stacks) + rest;
    void *room = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) continue;
    munmap(room, size);
    return threads;
  }
  return 0;
}

#if defined(__linux__)
int process_allowed_cores(void) {
  cpu_set_t cores;
  return sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : INT_MAX;
}
#else
int process_allowed_cores(void) { return INT_MAX; }
#endif
