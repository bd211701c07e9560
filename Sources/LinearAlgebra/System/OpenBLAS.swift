internal import COpenBLAS
internal import COpenBLASKernels

/// The OpenBLAS library that this process runs on.
///
/// On first use the package sets OpenBLAS to one thread, for the whole process, once. Rows are divided among threads
/// above BLAS, where one block stays in one core's cache; OpenBLAS's own threads would only compete with them. An
/// application that wants OpenBLAS's threads for calls of its own can call `openblas_set_num_threads` after its first
/// use of this package.
public enum OpenBLAS {
  private static let singleThreaded: Void = openblas_set_num_threads(1)

  /// Sets OpenBLAS to one thread, the first time.
  @inline(__always)
  static func prepare() {
    if openblas_is_set_up() { return }
    setUp()
    openblas_note_set_up()  // here, for the flag is that of the file that asks
  }

  /// Ends the threads that OpenBLAS has started when it was loaded, which would take time from others at first. For a
  /// program whose only thread this is: nothing else may be using OpenBLAS.
  package static func endThreads() {
    prepare()  // before, for it would start them again
    openblas_end_threads()
  }

  /// Has OpenBLAS take the buffers that so many threads need, which it keeps, while there is address space for them.
  package static func takeBuffers(threads: Int) {
    prepare()
    openblas_take_buffers(Int32(clamping: threads))
  }

  @inline(never)
  private static func setUp() { _ = singleThreaded }

  /// Version and build options, as OpenBLAS reports them: "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH …".
  public static var configuration: String {
    prepare()
    return String(cString: openblas_get_config()).split(separator: " ").joined(separator: " ")
  }

  /// Version number, for example "0.3.21".
  public static var version: String {
    let words = configuration.split(separator: " ")
    return words.count > 1 ? String(words[1]) : "unknown"
  }

  /// The processor type whose kernels were chosen at run time, for example "Zen" or "SkylakeX".
  ///
  /// Releases of OpenBLAS before 0.3.25 take an Intel processor that is younger than they are for one of 2004, and
  /// compute several times slower; the package then has OpenBLAS choose by what the processor can do when the program is
  /// loaded, unless the variable OPENBLAS_CORETYPE of the environment names a type.
  public static var kernel: String {
    prepare()
    _ = openblas_kernels_chosen_for_it()  // has the choice linked
    return String(cString: openblas_get_corename())
  }

  /// The number of threads that OpenBLAS uses within one call.
  public static var threads: Int {
    prepare()
    return Int(openblas_get_num_threads())
  }
}
