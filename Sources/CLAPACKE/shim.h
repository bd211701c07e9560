// LAPACKE, the C interface of LAPACK. Debian's OpenBLAS has LAPACK but not this interface.
#ifndef CLAPACKE_SHIM_H
#define CLAPACKE_SHIM_H

#if !__has_include(<lapacke.h>)
#error "lapacke.h is missing. Debian, Ubuntu: apt-get install liblapacke-dev. macOS: brew install lapack. See README.md, 'If it does not build'."
#else
#include <lapacke.h>

// Two steps of LAPACK's divide and conquer, which LAPACKE leaves out: the deflation of a merge, and one root of the
// secular equation.
void LAPACK_GLOBAL(slaed2,SLAED2)(
    lapack_int *k, const lapack_int *n, const lapack_int *n1, float *d, float *q, const lapack_int *ldq,
    lapack_int *indxq, float *rho, float *z, float *dlamda, float *w, float *q2, lapack_int *indx,
    lapack_int *indxc, lapack_int *indxp, lapack_int *coltyp, lapack_int *info);
void LAPACK_GLOBAL(slaed4,SLAED4)(
    const lapack_int *n, const lapack_int *i, const float *d, const float *z, float *delta, const float *rho,
    float *dlam, lapack_int *info);

static inline lapack_int lapack_slaed2(
    lapack_int *k, lapack_int n, lapack_int n1, float *d, float *q, lapack_int ldq, lapack_int *indxq,
    float *rho, float *z, float *dlamda, float *w, float *q2, lapack_int *indx, lapack_int *indxc, lapack_int *indxp,
    lapack_int *coltyp) {
  lapack_int info = 0;
  LAPACK_GLOBAL(slaed2,SLAED2)
  (k, &n, &n1, d, q, &ldq, indxq, rho, z, dlamda, w, q2, indx, indxc, indxp, coltyp, &info);
  return info;
}

static inline lapack_int lapack_slaed4(
    lapack_int n, lapack_int i, const float *d, const float *z, float *delta, float rho, float *dlam) {
  lapack_int info = 0;
  LAPACK_GLOBAL(slaed4,SLAED4)(&n, &i, d, z, delta, &rho, dlam, &info);
  return info;
}

void LAPACK_GLOBAL(dlaed2,DLAED2)(
    lapack_int *k, const lapack_int *n, const lapack_int *n1, double *d, double *q, const lapack_int *ldq,
    lapack_int *indxq, double *rho, double *z, double *dlamda, double *w, double *q2, lapack_int *indx,
    lapack_int *indxc, lapack_int *indxp, lapack_int *coltyp, lapack_int *info);
void LAPACK_GLOBAL(dlaed4,DLAED4)(
    const lapack_int *n, const lapack_int *i, const double *d, const double *z, double *delta,
    const double *rho, double *dlam, lapack_int *info);

static inline lapack_int lapack_dlaed2(
    lapack_int *k, lapack_int n, lapack_int n1, double *d, double *q, lapack_int ldq, lapack_int *indxq,
    double *rho, double *z, double *dlamda, double *w, double *q2, lapack_int *indx, lapack_int *indxc,
    lapack_int *indxp, lapack_int *coltyp) {
  lapack_int info = 0;
  LAPACK_GLOBAL(dlaed2,DLAED2)
  (k, &n, &n1, d, q, &ldq, indxq, rho, z, dlamda, w, q2, indx, indxc, indxp, coltyp, &info);
  return info;
}

static inline lapack_int lapack_dlaed4(
    lapack_int n, lapack_int i, const double *d, const double *z, double *delta, double rho, double *dlam) {
  lapack_int info = 0;
  LAPACK_GLOBAL(dlaed4,DLAED4)(&n, &i, d, z, delta, &rho, dlam, &info);
  return info;
}
#endif

#endif
