// swift-tools-version: 6.3

import PackageDescription

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "swift-linear-regression",
  platforms: [.macOS(.v15)],

  // MARK: Products
  products: [
    .library(name: "LinearAlgebra", targets: ["LinearAlgebra"]),
    .library(name: "LinearRegression", targets: ["LinearRegression"]),
    .library(name: "TabularRegression", targets: ["TabularRegression"]),
    .executable(name: "linreg", targets: ["linreg"]),
  ],

  // Clients of the libraries need not resolve what the command alone depends on: `traits: []`.
  traits: [
    .default(enabledTraits: ["Command"]), .trait(name: "Command", description: "Builds the command linreg."),
  ],

  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],

  targets: [
    // MARK: System libraries
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(
      name: "CLAPACKE", pkgConfig: "lapacke",
      providers: [.apt(["liblapacke-dev"]), .brew(["lapack"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

    // MARK: C and C++
    // Has OpenBLAS choose the kernels of a processor that it does not know.
    .target(name: "COpenBLASKernels"),
    // The inner loops that BLAS has no routine for, or none fast enough.
    .target(name: "CRowKernels", exclude: ["kernels.h"]),
    // Student's t and Fisher's F, by Boost.Math (headers only).
    .target(name: "CDistributions"),
    // Text to numbers and words, a block of rows at a time; numbers to text.
    .target(name: "CText", exclude: ["fields.h", "numbers.h"]),
    // Messages between processes by an MPI library that is loaded at run time.
    .target(name: "CMessagePassing", exclude: ["calls.h"]),
    // The process of the command: its memory, and what is looked at before OpenBLAS is loaded.
    .target(name: "CProcess"),

    // MARK: Library
    .target(
      name: "LinearAlgebra", dependencies: ["COpenBLAS", "CLAPACKE", "COpenBLASKernels"],
      swiftSettings: strict),
    .target(
      name: "LinearRegression", dependencies: ["LinearAlgebra", "CRowKernels", "CDistributions"],
      swiftSettings: strict),
    // Charts, described once and drawn as SVG or in characters.
    .target(name: "Drawing", dependencies: ["LinearAlgebra"], swiftSettings: strict),
    .target(
      name: "TabularRegression",
      dependencies: ["LinearRegression", "Drawing", "CText", "CMessagePassing", "CZlib"],
      swiftSettings: strict),

    // MARK: Command
    .executableTarget(
      name: "linreg",
      dependencies: [
        "TabularRegression", "Drawing", "CProcess",
        .product(
          name: "ArgumentParser", package: "swift-argument-parser", condition: .when(traits: ["Command"])),
      ],
      swiftSettings: strict),

    // MARK: Scripts
    // Draws charts that are described in JSON: the pictures of documentation and benchmarks.
    .executableTarget(
      name: "pictures", dependencies: ["Drawing"], path: "Scripts/Pictures", swiftSettings: strict),

    // MARK: Tests
    // Counts calls of BLAS, by standing in for its routines; Benchmarks has a link to it.
    .target(name: "CBLASCalls", path: "Tests/CBLASCalls"),
    // TestSupport is not API: oracles and tolerances shared by the test targets.
    .target(
      name: "TestSupport", dependencies: ["LinearAlgebra"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(
      name: "LinearAlgebraTests", dependencies: ["LinearAlgebra", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "DrawingTests", dependencies: ["Drawing", "LinearAlgebra"], swiftSettings: strict),
    .testTarget(
      name: "LinearRegressionTests",
      dependencies: ["LinearRegression", "CRowKernels", "CBLASCalls", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "TabularRegressionTests", dependencies: ["TabularRegression", "TestSupport"],
      exclude: ["Decimals", "Fixtures", "PyFixest", "R"],
      swiftSettings: strict),
    // What the tests of MPI start as several processes.
    .executableTarget(
      name: "RankProbe", dependencies: ["TabularRegression"], path: "Tests/RankProbe", swiftSettings: strict),
    .testTarget(
      name: "linregTests", dependencies: ["linreg", "RankProbe", "TabularRegression", "TestSupport"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
