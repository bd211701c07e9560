// What is called of MPI with handles, as source: included once for each type that handles have, with
//   HANDLE          the type of MPI_Comm, MPI_Datatype and MPI_Errhandler
//   NAME(function)  what the names are made of

static struct {
  HANDLE world;
  HANDLE byte;
  HANDLE errors_return;
  int (*comm_set_errhandler)(HANDLE, HANDLE);
  int (*comm_rank)(HANDLE, int *);
  int (*comm_size)(HANDLE, int *);
  int (*send)(const void *, int, HANDLE, int, int, HANDLE);
  int (*iprobe)(int, int, HANDLE, int *, void *);
  int (*recv)(void *, int, HANDLE, int, int, HANDLE, void *);
  int (*get_count)(const void *, HANDLE, int *);
  int (*abort)(HANDLE, int);
} NAME(mpi);

static int NAME(join)(int *rank, int *size) {
  // Errors come back as codes; otherwise MPI would end the process.
  int code = NAME(mpi).comm_set_errhandler(NAME(mpi).world, NAME(mpi).errors_return);
  if (code == MPI_SUCCESS) code = NAME(mpi).comm_rank(NAME(mpi).world, rank);
  if (code == MPI_SUCCESS) code = NAME(mpi).comm_size(NAME(mpi).world, size);
  return code;
}

static int NAME(send)(const void *bytes, int count, int rank, int tag) {
  return NAME(mpi).send(bytes, count, NAME(mpi).byte, rank, tag, NAME(mpi).world);
}

static int NAME(probe)(int rank, int tag, int *found) {
  union status status;
  return NAME(mpi).iprobe(rank, tag, NAME(mpi).world, found, &status);
}

static int NAME(receive)(void *bytes, int most, int rank, int tag, int *count) {
  union status status;
  const int code = NAME(mpi).recv(bytes, most, NAME(mpi).byte, rank, tag, NAME(mpi).world, &status);
  return code != MPI_SUCCESS ? code : NAME(mpi).get_count(&status, NAME(mpi).byte, count);
}

static void NAME(end_all)(int status) { NAME(mpi).abort(NAME(mpi).world, status); }

// Looks the functions up; the name of one that is missing, or NULL.
static const char *NAME(find)(void *library, HANDLE world, HANDLE byte, HANDLE errors_return) {
  NAME(mpi).world = world;
  NAME(mpi).byte = byte;
  NAME(mpi).errors_return = errors_return;
  const struct { const char *name; void *place; } functions[] = {
    {"MPI_Comm_set_errhandler", &NAME(mpi).comm_set_errhandler},
    {"MPI_Comm_rank", &NAME(mpi).comm_rank},
    {"MPI_Comm_size", &NAME(mpi).comm_size},
    {"MPI_Send", &NAME(mpi).send},
    {"MPI_Iprobe", &NAME(mpi).iprobe},
    {"MPI_Recv", &NAME(mpi).recv},
    {"MPI_Get_count", &NAME(mpi).get_count},
    {"MPI_Abort", &NAME(mpi).abort},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    if (!find(library, functions[i].name, functions[i].place)) return functions[i].name;
  calls = (struct calls){NAME(join), NAME(send), NAME(probe), NAME(receive), NAME(end_all)};
  return NULL;
}

#undef HANDLE
#undef NAME
