// swift-tools-version: 6.3

import PackageDescription

let library = "swift-linear-regression"
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: library, path: "..", traits: [])],
  targets: [
    // What every benchmark needs: clock, agreement, table, machine, data.
    .target(
      name: "BenchmarkSupport",
      dependencies: ["CCBLAS", .product(name: "LinearRegression", package: library)],
      path: "BenchmarkSupport", swiftSettings: strict),
    // CBLAS without the package, to measure its routines alone.
    .systemLibrary(name: "CCBLAS", path: "CCBLAS", pkgConfig: "openblas"),
    // The naive loops, the BLAS routine alone, and the package.
    .executableTarget(
      name: "compare",
      dependencies: [
        "BenchmarkSupport", "CBLASCalls", .product(name: "LinearRegression", package: library),
      ],
      path: "Compare", swiftSettings: strict),
    // A link to ../Tests/CBLASCalls: the tests count with it too.
    .target(name: "CBLASCalls", path: "CBLASCalls"),
    // Every path against the machine's limits.
    .executableTarget(
      name: "limits",
      dependencies: [
        "BenchmarkSupport", "CAllocations", .product(name: "LinearRegression", package: library),
      ],
      path: "Limits", swiftSettings: strict),
    .target(name: "CAllocations", path: "CAllocations"),
    // This package among its peers: see peers/run.py.
    .executableTarget(
      name: "contestant",
      dependencies: ["BenchmarkSupport", .product(name: "TabularRegression", package: library)],
      path: "Contestant", swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
