// swift-tools-version: 6.3

import PackageDescription

let library = "swift-linear-regression"

// A package of its own, which depends on matrices alone: nothing of regression is built or linked.
let package = Package(
  name: "PCA",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: library, path: "../..", traits: [])],
  targets: [
    .executableTarget(
      name: "PCA", dependencies: [.product(name: "LinearAlgebra", package: library)], path: "Sources")
  ],
  swiftLanguageModes: [.v6]
)
