#ifndef COPENBLAS_KERNELS_H
#define COPENBLAS_KERNELS_H

/// The type of processor whose kernels OpenBLAS was told to take when the program was loaded, since it did not know the
/// processor; nil where it chose by itself.
const char *openblas_kernels_chosen_for_it(void);

#endif
