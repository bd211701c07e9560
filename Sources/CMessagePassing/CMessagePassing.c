#include "CMessagePassing.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// The same in mpi.h of Open MPI 4.1 and MPICH 4.0.
enum { MPI_SUCCESS = 0, MPI_THREAD_FUNNELED = 1 };

// MPI_Status, whose members differ: 24 bytes in Open MPI on 64 bits, 20 in MPICH. Only MPI_Get_count looks into it.
union status {
  char bytes[128];
  int64_t alignment;
};

// MARK: The library

static struct calls {
  int (*join)(int *rank, int *size);
  int (*send)(const void *bytes, int count, int rank, int tag);
  int (*probe)(int rank, int tag, int *found);
  int (*receive)(void *bytes, int most, int rank, int tag, int *count);
  void (*end_all)(int status);
} calls;

static int (*init_thread)(int *, char ***, int, int *);
static int (*finalize)(void);
static int (*error_string)(int, char *, int *);

static pthread_t starter;
static enum { NOT_LOADED, LOADED, STARTED, FINISHED } state = NOT_LOADED;

static _Thread_local char text[2048];

static bool find(void *library, const char *name, void *place) {
  void *symbol = dlsym(library, name);
  memcpy(place, &symbol, sizeof symbol);
  return symbol != NULL;
}

// MARK: Two types of handles

// Open MPI's are addresses of the library's variables.
#define HANDLE void *
#define NAME(function) openmpi_##function
#include "calls.h"

// MPICH's are numbers, which its ABI fixes (https://www.mpich.org/abi/).
#define HANDLE int
#define NAME(function) mpich_##function
#include "calls.h"

static const char *find_calls(void *library) {
  void *world, *byte, *errors_return;
  if (!find(library, "ompi_mpi_comm_world", &world)) return mpich_find(library, 0x44000000, 0x4c00010d, 0x54000001);
  if (!find(library, "ompi_mpi_byte", &byte)) return "ompi_mpi_byte";
  if (!find(library, "ompi_mpi_errors_return", &errors_return)) return "ompi_mpi_errors_return";
  return openmpi_find(library, world, byte, errors_return);
}

const char *message_passing_load(const char *file) {
  if (state > LOADED) return "MPI has been started already";
  // Global: Open MPI's plug-ins, which it loads itself, look for its symbols.
  void *library = dlopen(file, RTLD_NOW | RTLD_GLOBAL);
  if (!library) {
    const char *reason = dlerror();
    snprintf(text, sizeof text, "%s", reason ? reason : file);
    return text;
  }
  const char *missing = !find(library, "MPI_Init_thread", &init_thread) ? "MPI_Init_thread"
                        : !find(library, "MPI_Finalize", &finalize)     ? "MPI_Finalize"
                        : !find(library, "MPI_Error_string", &error_string) ? "MPI_Error_string"
                                                                            : find_calls(library);
  if (missing) {
    snprintf(text, sizeof text, "%s: has no %s", file, missing);
    dlclose(library);
    return text;
  }
  state = LOADED;
  return NULL;
}

// MARK: Calls

// What a code of MPI means; NULL where it is success.
static const char *meaning(int code) {
  if (code == MPI_SUCCESS) return NULL;
  int length = 0;
  if (error_string(code, text, &length) != MPI_SUCCESS) snprintf(text, sizeof text, "MPI error %d", code);
  return text;
}

// Why no message can be sent or received now; NULL where it can.
static const char *refusal(void) {
  if (state != STARTED) return state == FINISHED ? "MPI has been finished" : "MPI has not been started";
  return pthread_equal(pthread_self(), starter) ? NULL : "called on another thread than the one that started MPI";
}

const char *message_passing_start(int *rank, int *size) {
  if (state != LOADED) return state == NOT_LOADED ? "no MPI library is loaded" : "MPI has been started already";
  int provided = 0;
  const char *fault = meaning(init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided));
  if (fault) return fault;
  state = STARTED;
  starter = pthread_self();
  if (provided < MPI_THREAD_FUNNELED) return "the MPI library allows no other threads in a process";
  return meaning(calls.join(rank, size));
}

const char *message_passing_send(const void *bytes, int count, int rank, int tag) {
  const char *fault = refusal();
  return fault ? fault : meaning(calls.send(bytes, count, rank, tag));
}

const char *message_passing_receive(void *bytes, int most, int rank, int tag, int *count) {
  const char *fault = refusal();
  if (fault) return fault;
  struct timespec pause = {0, 10000};
  for (int looks = 1;; looks++) {
    int found = 0;
    const int code = calls.probe(rank, tag, &found);
    if (code != MPI_SUCCESS) return meaning(code);
    if (found) return meaning(calls.receive(bytes, most, rank, tag, count));
    if (looks < 200) {
      sched_yield();
    } else {
      looks = 200;
      nanosleep(&pause, NULL);
      if (pause.tv_nsec < 1000000) pause.tv_nsec *= 2;
      if (pause.tv_nsec > 1000000) pause.tv_nsec = 1000000;
    }
  }
}

const char *message_passing_finish(void) {
  const char *fault = refusal();
  if (fault) return fault;
  state = FINISHED;
  return meaning(finalize());
}

void message_passing_abort(int status) {
  if (state == STARTED) calls.end_all(status);
  _exit(status);
}
