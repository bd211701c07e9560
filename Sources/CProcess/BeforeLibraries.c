// What has to be looked at before OpenBLAS is loaded, which then chooses its kernels and starts its threads: an
// executable's functions of this kind run before those of its libraries.
#define _GNU_SOURCE
#include <unistd.h>

#if defined(__GLIBC__)
#include <limits.h>
#include <string.h>
#include <sys/resource.h>

/// The value of a variable of the environment, as getenv would return it, which does not work yet.
static const char *value(char **environment, const char *name) {
  const size_t length = strlen(name);
  for (; *environment; environment++)
    if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=') return *environment + length + 1;
  return NULL;
}

#if defined(__x86_64__)
/// Whether a word is one of those between spaces, in capitals or not.
static int is_one_of(const char *word, const char *words) {
  while (*words) {
    const char *w = word;
    while (*w && (*w == *words || (*w >= 'A' && *w <= 'Z' && *w + 32 == *words))) w++, words++;
    if (!*w && (*words == ' ' || !*words)) return 1;
    while (*words && *words != ' ') words++;
    if (*words) words++;
  }
  return 0;
}

#define NEEDS(feature) \
  if (!__builtin_cpu_supports(feature)) return feature

/// What the processor lacks of what OpenBLAS's kernels for a type of processor use, as they are called in
/// OPENBLAS_CORETYPE; nil where it has all. OpenBLAS itself takes the user's word for it.
static const char *lacking(const char *type) {
  __builtin_cpu_init();
  const int bf16 = is_one_of(type, "cooperlake sapphirerapids");
  const int avx512 = bf16 || is_one_of(type, "skylakex");
  const int avx2 = avx512 || is_one_of(type, "haswell zen");
  const int fma4 = is_one_of(type, "bulldozer piledriver steamroller excavator");
  if (avx2 || fma4 || is_one_of(type, "sandybridge")) NEEDS("avx");
  if (fma4) NEEDS("fma4");
  if (avx2) {
    NEEDS("avx2");
    NEEDS("fma");
  }
  if (avx512) {
    NEEDS("avx512f");
    NEEDS("avx512dq");
    NEEDS("avx512bw");
    NEEDS("avx512vl");
  }
  if (bf16) NEEDS("avx512bf16");
  return NULL;
}

static void say(const char *text) {
  if (write(STDERR_FILENO, text, strlen(text)) < 0) return;
}

static void check_kernels(char **environment) {
  const char *type = value(environment, "OPENBLAS_CORETYPE"), *feature = type ? lacking(type) : NULL;
  if (!feature) return;
  say("OPENBLAS_CORETYPE=");
  say(type);
  say(": the kernels of that name use ");
  say(feature);
  say(", which this processor does not have; unset the variable, or name another\n");
  _exit(1);
}
#else
static void check_kernels(char **environment) { (void)environment; }
#endif

/// Where address space is limited, starts the program anew with a single thread of OpenBLAS's, which is all that is
/// used: each of those that it starts when it is loaded takes 136 MiB, or tries to for ever.
static void restart_with_one_thread(char **arguments, char **environment) {
  struct rlimit space, data;
  if (getrlimit(RLIMIT_AS, &space) != 0 || getrlimit(RLIMIT_DATA, &data) != 0) return;
  if (space.rlim_cur == RLIM_INFINITY && data.rlim_cur == RLIM_INFINITY) return;
  const char *threads = value(environment, "OPENBLAS_NUM_THREADS");
  if (threads && strcmp(threads, "1") == 0) return;
  size_t count = 0;
  while (environment[count]) count++;
  char *changed[count + 2], path[PATH_MAX], one[] = "OPENBLAS_NUM_THREADS=1";
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (strncmp(environment[i], one, sizeof one - 2) != 0) changed[kept++] = environment[i];
  changed[kept++] = one;
  changed[kept] = NULL;
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length <= 0) return;
  path[length] = 0;
  execve(path, arguments, changed);
}

static void before_libraries(int count, char **arguments, char **environment) {
  (void)count;
  check_kernels(environment);
  restart_with_one_thread(arguments, environment);
}

__attribute__((section(".preinit_array"), used)) static void (*const entry)(int, char **, char **) = before_libraries;
#endif
